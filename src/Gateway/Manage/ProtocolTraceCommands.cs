using System.Net.Sockets;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>TRACE ADD, DEL and LIST.</summary>
public sealed class ProtocolTraceCommands(IGrainFactory grains, TimeProvider time)
{
    // A trace is for one client: a network's would be everybody's letters' envelopes.
    private const int ShortestV4 = 32;
    private const int ShortestV6 = 64;

    private ITimedListGrain Traces => grains.GetGrain<ITimedListGrain>(ITimedListGrain.Traces);

    public async Task<ManageStatus> AddAsync(CommandContext context)
    {
        var text = context.Request[ManageKeys.TraceIp];
        var prefix = PrefixOf(context);
        if (prefix.Length < (prefix.Family == AddressFamily.InterNetwork ? ShortestV4 : ShortestV6))
            return context.Request.Status(ManageEnding.BadValue, ManageTexts.BadValue(ManageKeys.TraceIp.Name, text, "one address, of IPv6 a /64 at most"));
        var until = time.GetUtcNow() + TraceDirectory.Span;
        return await Traces.AddAsync(new TimedEntry(prefix.ToString(), until, TimedReasons.Operator))
            ? context.Request.Done(ManageTexts.Traced(prefix.ToString(), QueueLine.Date(until)))
            : context.Request.Status(ManageEnding.NotAllowed, ManageTexts.TooManyTraces);
    }

    public async Task<ManageStatus> DeleteAsync(CommandContext context)
    {
        var subject = PrefixOf(context).ToString();
        return await Traces.RemoveAsync(subject)
            ? context.Request.Done(ManageTexts.Deleted(subject))
            : context.Request.Status(ManageEnding.NotFound, ManageTexts.NotTraced(subject));
    }

    public Task<ManageStatus> ListAsync(CommandContext context) =>
        ClusterListing.WriteTimedAsync(context, Traces, static entry => $"{entry.Subject}\t{QueueLine.Date(entry.Until)}");

    private static AddressPrefix PrefixOf(CommandContext context) =>
        AddressPrefix.TryParse(context.Request[ManageKeys.TraceIp], out var prefix)
            ? prefix
            : throw new InvalidOperationException("an address passed the rules and is none");
}
