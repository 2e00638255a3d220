using System.Net;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Abuse;

/// <summary>The addresses whose protocol is logged for a while (TRACE): the cluster's list, as <see cref="BlockDirectory"/> has it.</summary>
public sealed partial class TraceDirectory(IGrainFactory grains, TimeProvider time, ILogger<TraceDirectory> logger)
{
    private readonly TimedCopy copy = new(ITimedListGrain.Traces, time);
    private volatile Traced traced = new(AddressSet.Empty, []);

    /// <summary>How long a trace lasts.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromHours(1);

    /// <summary>Whether an address is traced now, whether the cluster answers or not.</summary>
    public bool Covers(IPAddress client)
    {
        var (prefixes, ends) = traced;
        return prefixes.Contains(client) && Array.Exists(ends, each => each.Prefix.Contains(client) && each.Until > time.GetUtcNow());
    }

    /// <summary>Takes what has changed.</summary>
    public async Task RefreshAsync()
    {
        await copy.RefreshAsync(grains);
        var ends = new List<(AddressPrefix Prefix, DateTimeOffset Until)>();
        foreach (var (subject, until) in copy.Entries)
        {
            if (AddressPrefix.TryParse(subject, out var prefix))
                ends.Add((prefix, until));
            else
                LogNoAddress(subject);
        }

        traced = new(new AddressSet(ends.Select(each => each.Prefix)), [.. ends]);
    }

    [LoggerMessage(914, LogLevel.Warning, "'{Subject}' is kept as a trace and is no address; it is passed over")]
    private partial void LogNoAddress(string subject);

    /// <param name="Prefixes">All of them, for the look-up that nearly always fails.</param>
    /// <param name="Ends">Each with its end.</param>
    private sealed record Traced(AddressSet Prefixes, (AddressPrefix Prefix, DateTimeOffset Until)[] Ends);
}
