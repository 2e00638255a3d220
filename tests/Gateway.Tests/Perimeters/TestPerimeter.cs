using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Deny;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Relaying;

namespace Orleans.Mail.Gateway.Tests.Perimeters;

/// <summary>A perimeter over grains in memory.</summary>
internal sealed class TestPerimeter
{
    public TestPerimeter(Parameters parameters, GatewayOptions gateway, IGrainFactory grains)
    {
        Denied = new DenyDirectory(grains);
        var relay = new RelayRules(RelayOptions.From(parameters, gateway), gateway, grains, NullLogger<RelayRules>.Instance);
        Perimeter = new Perimeter(gateway, Denied, relay);
    }

    public DenyDirectory Denied { get; }

    public Perimeter Perimeter { get; }
}
