using System.Net;

namespace Orleans.Mail.Gateway.Relaying;

/// <summary>
/// Whether the client of one session may relay: what it has proved in the session, else what its address may. Found out
/// when somebody asks, and a yes is remembered, so that a message to many recipients asks once.
/// </summary>
internal sealed class RelayRight(IPAddress client, RelayRules rules, TimeProvider time)
{
    /// <summary>How much longer than its permit a busy session may relay.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    private readonly bool always = rules.MayAlwaysRelay(client);
    private long? confirmed;
    private bool authenticated;

    /// <summary>The client may relay, and nobody needs to be asked for that. False: it may not, or has to be asked for.</summary>
    public bool IsKnownToBeHeld => always || authenticated || (confirmed is { } at && time.GetElapsedTime(at) < Remembered);

    /// <summary>The client has proved to be a user of ours: it may relay until the session ends.</summary>
    public void Prove() => authenticated = true;

    /// <summary>Throws when the cluster does not answer.</summary>
    public async ValueTask<bool> IsHeldAsync()
    {
        if (IsKnownToBeHeld)
            return true;
        confirmed = await rules.MayRelayAsync(client) ? time.GetTimestamp() : null;
        return confirmed is not null;
    }
}
