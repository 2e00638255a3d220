using System.Globalization;
using System.Text;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Gateway.Tests.Configuration;

public sealed class ConfigurationReferenceTests
{
    private const string Head = """
        # Configuration

        Made from the table in `src/Gateway/Configuration`; `UPDATE_DOCS=1` in the environment of the tests writes it anew.

        Sources, later wins: built-in defaults, `appsettings.json`, `eXtremail.conf` (in the working folder, or where `EXTREMAIL_CONF`
        says; `NAME value` or `NAME=value`, `#` begins a comment), environment (`__` for `:`), command line (`--NAME=value`). An
        empty value counts as not set. A value that is not allowed, or a malformed line, stops the start with a line that says what and
        where; an unknown name in `eXtremail.conf` is a warning. `CONF SHOW` on the management port shows each parameter, its value and
        where it came from.

        | Parameter | Default | Allowed | What it does |
        |---|---|---|---|

        """;

    [Fact]
    public void The_configuration_reference_is_that_of_the_table() => ReferenceFile.AssertIs("docs/configuration.md", Write());

    private static string Write()
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var parameter in ParameterTable.All)
        {
            var name = parameter.Spelling is { } other ? $"`{parameter.Name}`, `{other}`" : $"`{parameter.Name}`";
            var meaning = parameter.NoEffect is { } reason ? $"{parameter.Meaning}; {reason}" : parameter.Meaning;
            var value = parameter.Default.Length == 0 ? "" : parameter.HasComputedDefault ? parameter.Default : $"`{parameter.Default}`";
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {value} | {parameter.Allowed} | {meaning} |\n");
        }

        return text.ToString();
    }
}
