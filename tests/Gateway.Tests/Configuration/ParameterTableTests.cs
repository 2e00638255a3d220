using System.Globalization;
using Microsoft.Extensions.Configuration;
using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Tests.Configuration;

public sealed class ParameterTableTests
{
    /// <summary>The manual's table, by hand.</summary>
    private static readonly string[] ManualNames =
    [
        "PORT_SMTP", "PORT_POP3", "PORT_REMT", "CFG_LOG_LEVEL", "FILE_USER_DATA", "FILE_DOMAIN_DATA", "FILE_ALIAS_DATA", "FILE_DENY_DATA",
        "FILE_DSN_FAIL", "FILE_DSN_DELA", "FILE_PID", "FILE_LOGIN", "DIR_LOG", "DIR_USER_MBOX", "DIR_QUEUE_MBOX", "DIR_TMP", "QUEUE_SMTP",
        "QUEUE_POP3", "QUEUE_REMT", "TIMEOUT_SMTP1", "TIMEOUT_SMTP2", "TIMEOUT_SMTP3", "TIMEOUT_SMTP4", "TIMEOUT_SMTP5", "TIMEOUT_POP3",
        "TIMEOUT_REMT", "TIMEOUT SOCK", "TIMEOUT_DNS", "BUFFER SOCK", "BUFFER_MAIL", "CFG_NUM_QUEUE", "CFG_MIN_QUEUE", "CFG_MIN_CONTROL",
        "CFG_HOR_RETRY_MAIL", "CFG_ANTI_RELY", "CFG_ANTIRELY", "CFG_RELY_TIMEOUT", "CFG_POSTMASTER", "CFG_LOCALDOMAIN", "CFG_LOCALIP",
        "TIMEOUT_SOCK", "BUFFER_SOCK",
    ];

    public static TheoryData<string> Bounded => [.. ParameterTable.All.Where(parameter => parameter.Range is not null && IsReadHere(parameter)).Select(parameter => parameter.Name)];

    public static TheoryData<string> Read => [.. ParameterTable.All.Where(IsReadHere).Select(parameter => parameter.Name)];

    [Fact]
    public void Every_name_of_the_manual_is_known() =>
        Assert.All(ManualNames, name => Assert.NotNull(ParameterTable.Find(name)));

    [Fact]
    public void No_name_stands_twice()
    {
        var names = ParameterTable.All.SelectMany(parameter => new[] { parameter.Name, parameter.Spelling }).OfType<string>().ToArray();
        Assert.Equal(names.Distinct(StringComparer.OrdinalIgnoreCase), names);
    }

    [Fact]
    public void The_defaults_of_the_table_are_those_of_the_options()
    {
        var written = ParameterTable.All.Where(parameter => !parameter.HasComputedDefault).Select(parameter => (parameter.Name, (string?)parameter.Default));
        Assert.Equal(OptionsSources.Read(OptionsSources.Of()), OptionsSources.Read(OptionsSources.Of([.. written])));
    }

    [Fact]
    public void Every_parameter_that_is_read_is_in_the_table()
    {
        var names = new NameRecorder();
        OptionsSources.Read(new Parameters(names));
        Assert.All(names.Asked, name => Assert.True(ParameterTable.Find(name) is { NoEffect: null }, $"{name} is read, but has no row that says so"));
    }

    [Theory, MemberData(nameof(Read))]
    public void A_parameter_that_has_an_effect_is_read(string name)
    {
        var names = new NameRecorder();
        OptionsSources.Read(new Parameters(names));
        Assert.Contains(name, names.Asked);
    }

    [Theory, MemberData(nameof(Bounded))]
    public void The_bounds_of_the_table_are_those_of_the_options(string name)
    {
        var (min, max) = ParameterTable.Find(name)!.Range!.Value;
        OptionsSources.Read(OptionsSources.Of(With(name, min)));
        OptionsSources.Read(OptionsSources.Of(With(name, max)));
        AssertRefused(name, ((Int128)min - 1).ToString(CultureInfo.InvariantCulture));
        AssertRefused(name, ((Int128)max + 1).ToString(CultureInfo.InvariantCulture));
        AssertRefused(name, "many");
    }

    [Theory]
    [InlineData("PORT_REMT", "70000", "PORT_REMT = '70000' is not allowed: it must be a whole number from 0 to 65535.")]
    [InlineData("Management:Bind", "here", "Management:Bind = 'here' is not allowed: it must be an IP address.")]
    public void A_bad_value_is_named_with_what_is_allowed(string name, string value, string message)
    {
        var thrown = Assert.Throws<ParameterException>(() => OptionsSources.Read(OptionsSources.Of((name, value))));
        Assert.Equal(message, thrown.Message);
    }

    private static void AssertRefused(string name, string value)
    {
        var thrown = Assert.Throws<ParameterException>(() => OptionsSources.Read(OptionsSources.Of((name, value))));
        Assert.Contains($"{name} = '{value}'", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Soft and hard limits move together, and an open relay must be confirmed.</summary>
    private static (string, string?)[] With(string name, long value) =>
        [(name, value.ToString(CultureInfo.InvariantCulture)), ("Smtp:HardErrors", name == "Smtp:SoftErrors" ? "2147483647" : null), ("Relay:ConfirmOpen", "true")];

    private static bool IsReadHere(ParameterInfo parameter) => parameter.NoEffect is null && !OptionsSources.Elsewhere.Contains(parameter.Name);

    /// <summary>A configuration without values that remembers what it was asked for.</summary>
    private sealed class NameRecorder : IConfiguration
    {
        public HashSet<string> Asked { get; } = [];

        public string? this[string key]
        {
            get
            {
                Asked.Add(ParameterTable.Find(key)?.Name ?? key);
                return null;
            }
            set => throw new NotSupportedException();
        }

        public IEnumerable<IConfigurationSection> GetChildren() => throw new NotSupportedException();

        public Microsoft.Extensions.Primitives.IChangeToken GetReloadToken() => throw new NotSupportedException();

        public IConfigurationSection GetSection(string key) => throw new NotSupportedException();
    }
}
