using System.Text.RegularExpressions;

namespace Orleans.Mail.Deploy.Tests.Watching;

/// <summary>docs/operations.md says of each figure what it means, by the name that Prometheus gives it.</summary>
public sealed partial class OperationsTests
{
    private static readonly string Page = Repository.Read("docs/operations.md");

    [Fact]
    public void Every_figure_is_explained_and_no_other()
    {
        var measured = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Instrument().Matches(File.ReadAllText(file)))
            .Select(NameOf)
            .ToArray();
        var explained = Row().Matches(Page).SelectMany(row => Metric().Matches(row.Groups[1].Value)).Select(name => name.Groups[1].Value);

        Assert.True(measured.Length > 20);
        Assert.Equal(measured.Distinct().Order(), explained.Distinct().Order());
    }

    [Fact]
    public void Every_rule_asks_for_a_figure_of_the_tables()
    {
        var explained = Row().Matches(Page).Select(row => row.Groups[1].Value).ToArray();
        var asked = Expression().Matches(Page).SelectMany(rule => Asked().Matches(rule.Groups[1].Value)).Select(name => name.Value).ToArray();
        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.Contains(explained, cell => cell.Contains(name.Replace("_bucket", "", StringComparison.Ordinal), StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_link_leads_somewhere()
    {
        var headings = Heading().Matches(Page).Select(heading => heading.Groups[1].Value.ToLowerInvariant().Replace(' ', '-')).ToArray();
        Assert.All(Anchor().Matches(Page), link => Assert.Contains(link.Groups[1].Value, headings));
        Assert.All(Link().Matches(Page), link => Assert.True(File.Exists(Path.Combine(Repository.PathOf("docs"), link.Groups[1].Value)), link.Value));
    }

    private static string NameOf(Match instrument)
    {
        var unit = instrument.Groups[3].Value switch
        {
            "By" => "_bytes",
            "s" => "_seconds",
            _ => "",
        };
        return instrument.Groups[2].Value.Replace('.', '_') + unit + (instrument.Groups[1].Value == "Counter" ? "_total" : "");
    }

    // Create, the kind, the name, perhaps what is observed, the unit.
    [GeneratedRegex("""Create(Counter|UpDownCounter|Histogram|ObservableUpDownCounter|ObservableGauge)(?:<\w+>)?\(\s*"(mail\.[\w.]+)",\s*(?:[^"]*?,\s*)?"([^"]*)",""")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"^\| (`(?:mail|orleans|dotnet)_.*?) \| ", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(mail_\w+)")]
    private static partial Regex Metric();

    [GeneratedRegex("expr: (.*)")]
    private static partial Regex Expression();

    [GeneratedRegex(@"\b(mail|orleans)_\w+")]
    private static partial Regex Asked();

    [GeneratedRegex("^##+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\(#([^)]*)\)")]
    private static partial Regex Anchor();

    [GeneratedRegex(@"\]\(([^#)]+)\)")]
    private static partial Regex Link();
}
