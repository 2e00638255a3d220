using System.Collections.Concurrent;
using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay.Tests.Destinations;

/// <summary>A sender that does as it is told: reaches, or does not.</summary>
internal sealed class FakeSender : IMessageSender
{
    public ConcurrentQueue<(RelayRoute Route, RelayMessage Message)> Sent { get; } = new();

    /// <summary>How an attempt at a route ends. Default: well.</summary>
    public Func<RelayRoute, Task<bool>> Reaches { get; set; } = _ => Task.FromResult(true);

    public async Task<Sent> SendAsync(RelayRoute route, RelayMessage message, CancellationToken cancellationToken)
    {
        Sent.Enqueue((route, message));
        var reached = await Reaches(route).WaitAsync(cancellationToken);
        var outcome = reached
            ? new RelayOutcome(RelayVerdict.Sent, "2.0.0 250 taken", route.Hosts[0].Name)
            : new RelayOutcome(RelayVerdict.Later, "4.4.1 connection refused", "");
        return new Sent(new RelayReport([.. message.Recipients.Select(_ => outcome)]), reached);
    }
}
