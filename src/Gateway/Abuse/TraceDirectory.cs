using System.Net;

namespace Orleans.Mail.Gateway.Abuse;

/// <summary>The addresses whose protocol is logged for a while (TRACE): the cluster's list, as <see cref="BlockDirectory"/> has it.</summary>
public sealed class TraceDirectory(IGrainFactory grains, TimeProvider time)
{
    private readonly TimedCopy copy = new(ITimedListGrain.Traces, time);
    private volatile AddressSet prefixes = AddressSet.Empty;

    /// <summary>How long a trace lasts.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromHours(1);

    public bool Covers(IPAddress client) => !copy.IsEmpty && prefixes.Contains(client);

    /// <summary>Takes what has changed, and lets go what has ended.</summary>
    public async Task RefreshAsync()
    {
        await copy.RefreshAsync(grains);
        prefixes = new AddressSet(copy.Subjects.Select(
            subject => AddressPrefix.TryParse(subject, out var prefix) ? prefix : throw new InvalidDataException($"'{subject}' is kept as a trace and is no address")));
    }
}
