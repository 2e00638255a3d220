using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Deny;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Relaying;
using Orleans.Mail.Gateway.Tests.Pop3;

namespace Orleans.Mail.Gateway.Tests.Perimeters;

/// <summary>A perimeter over grains in memory.</summary>
internal sealed class TestPerimeter
{
    private readonly RateOptions rateOptions;
    private readonly ClientRates rates;
    private readonly IGrainFactory grains;
    private readonly TimeProvider time;

    public TestPerimeter(Parameters parameters, GatewayOptions gateway, IGrainFactory grains, TimeProvider time, IMeterFactory meters)
    {
        this.grains = grains;
        this.time = time;
        Denied = new DenyDirectory(grains);
        rateOptions = RateOptions.From(parameters);
        rates = new ClientRates(rateOptions, time);
        Blocks = new BlockDirectory(grains, gateway, LimitOptions.From(parameters), rateOptions, rates, time, NullLogger<BlockDirectory>.Instance);
        Traces = new TraceDirectory(grains, time, NullLogger<TraceDirectory>.Instance);
        Log = new ClientLog(new Refusals(meters, RefusalLog), new ProtocolTrace(Traces, TraceLog));
        var relay = new RelayRules(RelayOptions.From(parameters, gateway), gateway, grains, NullLogger<RelayRules>.Instance);
        Perimeter = new Perimeter(gateway, Denied, Blocks, rates, relay);
    }

    public DenyDirectory Denied { get; }

    public BlockDirectory Blocks { get; }

    public TraceDirectory Traces { get; }

    public HeardLog<Refusals> RefusalLog { get; } = new();

    public HeardLogs TraceLog { get; } = new();

    public ClientLog Log { get; }

    public Perimeter Perimeter { get; }

    /// <summary>The lines of refusals.</summary>
    public IEnumerable<string> Refused => RefusalLog.Lines.Select(line => line.Text.TrimEnd());

    public LoginGuard Guard() =>
        new(Blocks, rates, Log.Refusals, rateOptions, grains, time, NullLogger<LoginGuard>.Instance);
}
