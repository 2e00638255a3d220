using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Orleans.Mail.LoadGenerator.Connections;
using Orleans.Mail.LoadGenerator.Measuring;

namespace Orleans.Mail.LoadGenerator.Idle;

/// <param name="Target">The server.</param>
/// <param name="Limit">For opening them all.</param>
/// <param name="Connections">How many to hold.</param>
/// <param name="Hold">How long to hold them.</param>
/// <param name="Greet">Say EHLO (SMTP); else only the greeting is read (POP3).</param>
internal sealed record IdleLoadOptions(IPEndPoint Target, TimeSpan Limit, int Connections, TimeSpan Hold, bool Greet);

/// <summary>Opens connections, says when all stand, holds them, and says how many stood until the end.</summary>
internal sealed class IdleLoad(IdleLoadOptions options)
{
    private const int OpeningAtATime = 100;

    private static readonly byte[] Ehlo = "EHLO client.test\r\n"u8.ToArray();

    private readonly ErrorLog errors = new();
    private readonly ConcurrentBag<ClientConnection> held = [];

    /// <param name="whenHeld">Called once, when the connections stand.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<Report> RunAsync(Action<Report> whenHeld, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(options.Limit);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, OpeningAtATime).Select(i => OpenShareAsync(i, end.Token)));
        whenHeld(Summarise("idle", held.Count, started));

        end.CancelAfter(options.Hold);
        var lost = await Task.WhenAll(held.Select(connection => IsLostAsync(connection, end.Token)));
        return Summarise("idle_end", lost.Count(isLost => !isLost), started);
    }

    private async Task OpenShareAsync(int first, CancellationToken end)
    {
        for (var i = first; i < options.Connections && !end.IsCancellationRequested; i += OpeningAtATime)
        {
            try
            {
                var connection = await ClientConnection.OpenAsync(options.Target, new byte[512], end);
                held.Add(connection);
                await connection.ReadLineAsync();
                if (options.Greet)
                    await GreetAsync(connection);
            }
            catch (Exception lost) when (ErrorLog.IsConnectionLoss(lost))
            {
                errors.Add("connection refused or lost", lost.Message);
            }
        }
    }

    private static async Task GreetAsync(ClientConnection connection)
    {
        await connection.SendAsync(Ehlo);
        while ((await connection.ReadLineAsync()).Span is [_, _, _, (byte)'-', ..])
        {
            // the lines before the last one
        }
    }

    private async Task<bool> IsLostAsync(ClientConnection connection, CancellationToken end)
    {
        using (connection)
        {
            try
            {
                var line = await connection.ReadLineAsync();
                errors.Add("idle connection", line);
            }
            catch (Exception lost) when (ErrorLog.IsConnectionLoss(lost))
            {
                if (end.IsCancellationRequested)
                    return false;
                errors.Add("idle connection lost", lost.Message);
            }
        }

        return true;
    }

    private Report Summarise(string mode, int standing, long started)
    {
        var report = new Report(mode) { Succeeded = errors.Count == 0 && standing == options.Connections };
        report.Add("asked", options.Connections);
        report.Add("held", standing);
        report.Add("errors", errors.Count);
        report.Add("seconds", Stopwatch.GetElapsedTime(started).TotalSeconds, 3);
        return report;
    }
}
