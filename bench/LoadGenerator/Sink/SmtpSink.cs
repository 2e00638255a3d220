using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orleans.Mail.LoadGenerator.Measuring;

namespace Orleans.Mail.LoadGenerator.Sink;

/// <param name="Listen">Where to listen; port 0 = any free one.</param>
/// <param name="Limit">The longest time.</param>
/// <param name="Messages">Different messages that end the run.</param>
internal sealed record SmtpSinkOptions(IPEndPoint Listen, TimeSpan Limit, int Messages);

/// <summary>A server that takes all mail, throws it away and counts it: how many messages came, and how many came again.</summary>
internal sealed class SmtpSink(SmtpSinkOptions options)
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly HashSet<ulong> seen = [];
    private readonly CancellationTokenSource end = new();
    private long first;
    private long last;
    private int repeated;
    private int connections;
    private long octets;

    /// <param name="whenListening">Called once, with the address.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<Report> RunAsync(Action<EndPoint> whenListening, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end.Token);
        limit.CancelAfter(options.Limit);
        using var listener = new Socket(options.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(options.Listen);
        listener.Listen(512);
        whenListening(listener.LocalEndPoint!);
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(limit.Token);
                connections++;
                _ = new SinkSession(socket, this).RunAsync(limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return Summarise();
        }
    }

    /// <summary>A message came.</summary>
    /// <param name="identity">What tells it from others.</param>
    /// <param name="size">Its octets.</param>
    public void Count(ulong identity, long size)
    {
        lock (gate)
        {
            last = Stopwatch.GetTimestamp();
            if (seen.Count == 0)
                first = last;
            octets += size;
            if (!seen.Add(identity))
                repeated++;
            if (seen.Count == options.Messages)
                end.CancelAfter(Linger); // for the last reply, and for what comes twice
        }
    }

    private Report Summarise()
    {
        lock (gate)
        {
            var seconds = seen.Count > 1 ? Stopwatch.GetElapsedTime(first, last).TotalSeconds : 0;
            var report = new Report("sink") { Succeeded = seen.Count >= options.Messages };
            report.Add("messages", seen.Count);
            report.Add("repeated", repeated);
            report.Add("connections", connections);
            report.Add("octets", octets);
            report.Add("seconds", seconds, 3);
            report.Add("msgs_per_s", seconds > 0 ? seen.Count / seconds : 0, 1);
            report.AddOwnCost();
            return report;
        }
    }
}
