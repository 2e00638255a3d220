using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Orleans.Mail.EndToEnd.Server;

/// <summary>A message that came.</summary>
/// <param name="Sender">The argument of MAIL, as it was sent.</param>
/// <param name="Recipients">Those of RCPT that were taken.</param>
/// <param name="Text">The message, dots un-stuffed.</param>
public sealed record TakenMessage(string Sender, IReadOnlyList<string> Recipients, string Text);

/// <summary>Another mail server: takes everything, unless <see cref="Answer"/> says otherwise, and remembers by its subject when each message came.</summary>
public sealed class CountingSink : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<long>> arrivals = new();
    private readonly Channel<TakenMessage> taken = Channel.CreateUnbounded<TakenMessage>();
    private readonly CancellationTokenSource end = new();
    private readonly Task accepting;

    public CountingSink(IPEndPoint? address = null)
    {
        listener = new TcpListener(address ?? new IPEndPoint(IPAddress.Loopback, 0));
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>The reply to a command line, <c>.</c> being the end of a message; null = the usual one.</summary>
    public Func<string, string?> Answer { get; set; } = static _ => null;

    /// <summary>The extensions that EHLO offers.</summary>
    public string Extensions { get; set; } = "PIPELINING";

    public IPEndPoint Address => (IPEndPoint)listener.LocalEndpoint;

    /// <summary>The moments (<see cref="Stopwatch.GetTimestamp"/>) at which a subject's messages were answered with 250.</summary>
    public IReadOnlyDictionary<string, ConcurrentQueue<long>> Arrivals => arrivals;

    /// <summary>Waits until all of them have come.</summary>
    public async Task WaitForAsync(IEnumerable<string> subjects, TimeSpan limit)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var missing = subjects.ToList();
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            missing.RemoveAll(arrivals.ContainsKey);
            if (missing.Count == 0)
                return;
            if (Stopwatch.GetElapsedTime(started) > limit)
                throw new TimeoutException($"{missing.Count} messages have not come, the first is {missing[0]}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>The next message that came.</summary>
    public async Task<TakenMessage> ReceiveAsync() => await taken.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await accepting;
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
                sessions.Add(ServeAsync(await listener.AcceptTcpClientAsync(end.Token)));
        }
        catch (Exception closed) when (closed is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                client.NoDelay = true;
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1);
                await SayAsync(stream, "220 sink.test");
                var sender = "";
                var recipients = new List<string>();
                while (await reader.ReadLineAsync(end.Token) is { } line)
                {
                    var verb = line.Split(' ', ':')[0].ToUpperInvariant();
                    var refusal = Answer(line) ?? (verb == "DATA" && recipients.Count == 0 ? "554 5.5.1 no valid recipients" : null);
                    if (refusal is null && verb == "DATA")
                    {
                        await TakeAsync(stream, reader, sender, recipients);
                        continue;
                    }

                    if (refusal is null && verb == "MAIL")
                        (sender, recipients) = (line["MAIL FROM:".Length..], []);
                    if (refusal is null && verb == "RCPT")
                        recipients.Add(line["RCPT TO:".Length..]);
                    await SayAsync(stream, refusal ?? (verb == "EHLO" ? $"250-sink.test\r\n250 {Extensions}" : "250 2.0.0 ok"));
                }
            }
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
        {
            // The server under test was killed, or the test is over.
        }
    }

    private async Task TakeAsync(NetworkStream stream, StreamReader reader, string sender, IReadOnlyList<string> recipients)
    {
        await SayAsync(stream, "354 go ahead");
        var text = new StringBuilder();
        var subject = "";
        while (true)
        {
            var line = await reader.ReadLineAsync(end.Token);
            if (line is null)
                return; // cut off in the middle: nothing was taken
            if (line == ".")
                break;
            if (subject.Length == 0 && line.StartsWith("Subject: ", StringComparison.Ordinal))
                subject = line["Subject: ".Length..];
            text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        var refusal = Answer(".");
        if (refusal is null)
        {
            arrivals.GetOrAdd(subject, _ => new()).Enqueue(Stopwatch.GetTimestamp());
            taken.Writer.TryWrite(new TakenMessage(sender, recipients, text.ToString()));
        }

        await SayAsync(stream, refusal ?? "250 2.0.0 taken");
    }

    private ValueTask SayAsync(NetworkStream stream, string line) => stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), end.Token);
}
