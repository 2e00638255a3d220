using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Tests.Configuration;
using Orleans.Mail.Gateway.Tests.Manage;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Tls;

/// <summary>The management port under TLS, and what the start refuses.</summary>
public sealed class ManagementTlsTests
{
    [Fact]
    public async Task The_management_protocol_is_spoken_under_TLS()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await using var server = new ManagementServer(tls: new TlsOptions { SelfSigned = true });
        await using var wire = new WireConnection();
        wire.Features.Set(new ListenerFeature(MailPort.Management, IsImplicitTls: true));
        wire.Start(server.Handler);
        await using var tls = await TlsClient.StartAsync(wire, limit.Token);

        Assert.StartsWith("OK0100", await tls.ReadLineAsync(), StringComparison.Ordinal);
        await tls.SendAsync("QUIT\r\n");
        Assert.StartsWith("OK0100", await tls.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Null(await tls.ReadLineAsync());
        await wire.SessionAsync(limit.Token);
    }

    [Fact]
    public void A_listener_that_needs_a_certificate_stops_the_start_without_one()
    {
        var options = TlsOptions.From(OptionsSources.Of(), "mx.acme.test", development: false);
        Assert.False(new ServerCertificates(options, TimeProvider.System, NullLogger<ServerCertificates>.Instance).IsAvailable);

        var thrown = Assert.Throws<ParameterException>(() => options.Require("PORT_POP3S", isAskedFor: true));

        Assert.Equal("PORT_POP3S needs a certificate: set Tls:Certificate.", thrown.Message);
        TlsOptions.From(OptionsSources.Of(), "mx.acme.test", development: true).Require("PORT_POP3S", isAskedFor: true);
    }

    [Fact]
    public void More_keys_than_certificates_are_refused() =>
        Assert.Throws<ParameterException>(() => TlsOptions.From(OptionsSources.Of(("Tls:Certificate", "a.crt"), ("Tls:Key", "a.key,b.key")), "mx", development: false));
}
