using Microsoft.Extensions.Configuration;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Tests.Configuration;

public sealed class ExtremailConfTests : IDisposable
{
    private const string Prefix = "EXTREMAILTEST_";
    private const string Variable = Prefix + "PORT_POP3";

    private readonly string folder = Directory.CreateTempSubdirectory("extremail-conf-").FullName;

    private string ConfPath => Path.Combine(folder, ExtremailConf.FileName);

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        Environment.SetEnvironmentVariable(Variable, null);
    }

    [Theory]
    [InlineData("PORT_SMTP 2600")]
    [InlineData("PORT_SMTP=2600")]
    [InlineData("  port_smtp = 2600  ")]
    [InlineData("PORT_SMTP\t2600 # by hand")]
    [InlineData("# PORT_SMTP 1\n\n#PORT_SMTP 2\r\nPORT_SMTP 2600\r\n")]
    public void A_line_sets_a_parameter(string text) => Assert.Equal("2600", Read(text).Find("PORT_SMTP"));

    [Theory]
    [InlineData("TIMEOUT SOCK 7", "TIMEOUT_SOCK")]
    [InlineData("timeout sock=7", "TIMEOUT_SOCK")]
    [InlineData("TIMEOUT_SOCK 7", "TIMEOUT SOCK")]
    [InlineData("BUFFER SOCK 7", "BUFFER_SOCK")]
    [InlineData("CFG_ANTIRELY 7", "CFG_ANTI_RELY")]
    [InlineData("CFG_ANTI_RELY=7", "CFG_ANTIRELY")]
    public void Spelling_variants_are_one_parameter(string text, string name) => Assert.Equal("7", Read(text).Find(name));

    [Fact]
    public void Values_keep_their_spaces_hashes_and_equals_signs() =>
        Assert.Equal("/var/log/my mail#1=x", Read("DIR_LOG /var/log/my mail#1=x").Find("DIR_LOG"));

    [Theory]
    [InlineData("PORT_SMTP")]
    [InlineData("= 25")]
    [InlineData("PORT SMTP! 25 \u0001\n!")]
    [InlineData("PORT_SMTP: 25")]
    [InlineData("PORT$SMTP 25")]
    public void A_malformed_line_stops_with_file_and_line(string text)
    {
        var thrown = Assert.Throws<ParameterException>(() => Read("PORT_POP3 110\n" + text));
        Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape(ConfPath)} line [23]: ", thrown.Message);
    }

    [Fact]
    public void A_parameter_given_twice_stops_even_in_another_spelling()
    {
        var thrown = Assert.Throws<ParameterException>(() => Read("CFG_ANTI_RELY 1\nCFG_ANTIRELY 2"));
        Assert.Equal($"{ConfPath} line 2: CFG_ANTIRELY is given twice.", thrown.Message);
    }

    [Fact]
    public void Unknown_names_are_told_and_do_no_harm()
    {
        var configuration = Build("CFG_FANCY 1\nPORT_SMTP 2600");
        Assert.Equal(["CFG_FANCY"], ExtremailConf.UnknownNames(configuration));
        Assert.Equal("2600", new Parameters(configuration).Find("PORT_SMTP"));
    }

    [Fact]
    public void A_named_file_must_exist()
    {
        var thrown = Assert.Throws<ParameterException>(() => new ConfigurationBuilder().AddExtremailConf(ConfPath).Build());
        Assert.StartsWith($"{ConfPath} cannot be read: ", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_can_be_named_by_the_configuration()
    {
        File.WriteAllText(ConfPath, "PORT_SMTP 2600");
        using var manager = new ConfigurationManager();
        manager.AddInMemoryCollection([KeyValuePair.Create(ExtremailConf.PathVariable, (string?)ConfPath)]).AddExtremailConf();
        Assert.Equal("2600", new Parameters(manager).Find("PORT_SMTP"));
    }

    [Fact]
    public void It_stands_after_appsettings_and_before_environment_and_command_line()
    {
        File.WriteAllText(ConfPath, "PORT_SMTP 2\nPORT_POP3 2\nPORT_REMT 2\nCFG_ANTIRELY 2");
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), """{ "PORT_SMTP": 1, "PORT_POP3": 1, "PORT_REMT": 1, "CFG_ANTI_RELY": 1, "Cluster": { "Id": "x" } }""");
        Environment.SetEnvironmentVariable(Variable, "3");
        var configuration = new ConfigurationBuilder()
            .SetBasePath(folder).AddJsonFile("appsettings.json").AddEnvironmentVariables(Prefix).AddCommandLine(["--PORT_REMT=4"])
            .AddExtremailConf(ConfPath).Build();

        var report = new ParameterReport(configuration, new GatewayOptions { HostName = "mx.example.org" }).Read().ToDictionary(each => each.Parameter.Name, each => $"{each.Source.Value} {each.Source.Origin}");

        Assert.Equal("2 eXtremail.conf", report["PORT_SMTP"]);
        Assert.Equal("3 environment", report["PORT_POP3"]);
        Assert.Equal("4 command line", report["PORT_REMT"]);
        Assert.Equal("2 eXtremail.conf", report["CFG_ANTI_RELY"]);
        Assert.Equal("x appsettings.json", report["Cluster:Id"]);
        Assert.Equal("sqlite default", report["Storage:Provider"]);
        Assert.Equal("mx.example.org default", report["Gateway:HostName"]);
    }

    [Fact]
    public void Secrets_are_masked_and_empty_values_count_as_not_set()
    {
        var configuration = OptionsSources.Build(("Storage:ConnectionString", "AccountKey=abc"), ("CFG_ANTI_RELY", ""));
        var report = new ParameterReport(configuration, new GatewayOptions { HostName = "mx.example.org" }).Read().ToDictionary(each => each.Parameter.Name, each => each.Source);
        Assert.Equal("********", report["Storage:ConnectionString"].Value);
        Assert.Equal(new ParameterSource("1", ParameterSource.Default), report["CFG_ANTI_RELY"]);
    }

    private Parameters Read(string text) => new(Build(text));

    private IConfigurationRoot Build(string text)
    {
        File.WriteAllText(ConfPath, text);
        return new ConfigurationBuilder().AddExtremailConf(ConfPath).Build();
    }
}
