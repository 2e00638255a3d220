using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Relaying;
using Orleans.Mail.Gateway.Tests.Configuration;

namespace Orleans.Mail.Gateway.Tests.Perimeters;

public sealed class RelayOptionsTests
{
    [Theory]
    [InlineData("Gateway:Bind=127.0.0.1")]
    [InlineData("Gateway:Bind=::1")]
    [InlineData("Gateway:Bind=0.0.0.0 Relay:ConfirmOpen=true")]
    [InlineData("Gateway:Bind=127.0.0.1 Gateway:TrustedProxies=127.0.0.1 Relay:ConfirmOpen=true")]
    public void An_open_relay_starts_where_only_this_machine_reaches_it_or_when_it_is_confirmed(string settings) =>
        Assert.Equal(AntiRelay.Everyone, Read($"CFG_ANTIRELY=0 {settings}").AntiRelay);

    [Theory]
    [InlineData("Gateway:Bind=0.0.0.0")]
    [InlineData("")]
    [InlineData("Gateway:Bind=192.0.2.1 Relay:ConfirmWide=true")]
    [InlineData("Gateway:Bind=127.0.0.1 Gateway:TrustedProxies=127.0.0.1")]
    public void An_open_relay_that_is_not_confirmed_does_not_start(string settings)
    {
        var thrown = Assert.Throws<ParameterException>(() => Read($"CFG_ANTI_RELY=0 {settings}"));
        Assert.Equal("CFG_ANTI_RELY = '0' is not allowed: it must be 1 or 2 where strangers can connect, unless Relay:ConfirmOpen = true says that an open relay is meant.", thrown.Message);
    }

    [Theory]
    [InlineData("10.0.0.0/8,192.0.2.1;2001:db8::/32", "10.0.0.0/8 192.0.2.1 2001:db8::/32")]
    [InlineData("194.30.30.11/16", "194.30.0.0/16")]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3")]
    public void Local_addresses_are_addresses_and_masks(string value, string expected) =>
        Assert.Equal(expected, string.Join(' ', Read($"CFG_LOCALIP={value}").LocalAddresses));

    [Theory]
    [InlineData("10.0.0.0/7")]
    [InlineData("0.0.0.0/0")]
    [InlineData("192.0.2.1;2001:db8::/31")]
    [InlineData("::/0")]
    public void A_wide_mask_must_be_confirmed(string value)
    {
        var thrown = Assert.Throws<ParameterException>(() => Read($"CFG_LOCALIP={value} Relay:ConfirmOpen=true"));
        Assert.Equal($"CFG_LOCALIP = '{value.Replace(';', ' ')}' is not allowed: it must be no mask shorter than /8, IPv6 /32, unless Relay:ConfirmWide = true says that it is meant.", thrown.Message);
        Assert.NotEmpty(Read($"CFG_LOCALIP={value} Relay:ConfirmWide=true").LocalAddresses);
    }

    [Theory]
    [InlineData("CFG_LOCALIP=10.0.0.0/33", "CFG_LOCALIP = '10.0.0.0/33' is not allowed: it must be IP addresses or address/length parted by commas.")]
    [InlineData("CFG_LOCALIP=localhost", "CFG_LOCALIP = 'localhost' is not allowed: it must be IP addresses or address/length parted by commas.")]
    [InlineData("Gateway:TrustedProxies=proxy", "Gateway:TrustedProxies = 'proxy' is not allowed: it must be IP addresses or address/length parted by commas.")]
    [InlineData("CFG_ANTI_RELY=3", "CFG_ANTI_RELY = '3' is not allowed: it must be a whole number from 0 to 2.")]
    [InlineData("CFG_RELY_TIMEOUT=0", "CFG_RELY_TIMEOUT = '0' is not allowed: it must be a whole number from 1 to 10080.")]
    public void A_bad_value_stops_the_start(string settings, string message) =>
        Assert.Equal(message, Assert.Throws<ParameterException>(() => Read(settings)).Message);

    [Fact]
    public void In_a_container_no_address_is_local_unless_it_is_said()
    {
        Assert.Equal("127.0.0.1", string.Join(' ', Read("").LocalAddresses));
        Assert.Empty(Read("DOTNET_RUNNING_IN_CONTAINER=true").LocalAddresses);
        Assert.Equal("10.0.0.0/8", string.Join(' ', Read("DOTNET_RUNNING_IN_CONTAINER=true CFG_LOCALIP=10.0.0.0/8").LocalAddresses));
        var report = new ParameterReport(OptionsSources.Build(("DOTNET_RUNNING_IN_CONTAINER", "true")), new GatewayOptions { HostName = "mx.example.org" });
        Assert.Equal("", report.Read().Single(each => each.Parameter.Name == "CFG_LOCALIP").Source.Value);
    }

    /// <summary>Settings parted by spaces; a semicolon in a value stands for a space.</summary>
    private static RelayOptions Read(string settings)
    {
        var values = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('=', 2));
        var parameters = OptionsSources.Of([.. values.Select(each => (each[0], (string?)each[1].Replace(';', ' ')))]);
        return RelayOptions.From(parameters, GatewayOptions.From(parameters, development: false));
    }
}
