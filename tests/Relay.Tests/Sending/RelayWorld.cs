using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Mail.Grains;
using Orleans.Mail.Relay.Connections;
using Orleans.Mail.Storage;
using Orleans.Mail.TestKit;
using Orleans.Mail.TestKit.Peers;

namespace Orleans.Mail.Relay.Tests.Sending;

/// <summary>A sender with a clock of its own, a body store in memory, and what a test needs to send messages to peers.</summary>
internal sealed class RelayWorld : IAsyncDisposable
{
    public const string Text = "Received: from a by b\r\nSubject: hello\r\n\r\nHello.\r\n.dot\r\n";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider services;

    public RelayWorld(Func<RelayOptions, RelayOptions>? change = null)
    {
        Options = new RelayOptions { HostName = "mx.acme.test", ConnectTimeout = Seconds(10), HelloTimeout = Seconds(11), MailTimeout = Seconds(12), RcptTimeout = Seconds(13), DataTimeout = Seconds(14), EndTimeout = Seconds(15) };
        Options = change?.Invoke(Options) ?? Options;
        Bodies = new MemoryBodyStore(Time);
        services = new ServiceCollection()
            .AddLogging().AddMetrics()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<IBodyStore>(Bodies)
            .AddSending(Options)
            .BuildServiceProvider();
        Sender = services.GetRequiredService<IMessageSender>();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public RelayOptions Options { get; }

    public MemoryBodyStore Bodies { get; }

    public IMessageSender Sender { get; }

    public ConnectionPool Pool => services.GetRequiredService<ConnectionPool>();

    public static RelayRoute Route(params ScriptedPeer[] peers) =>
        new("mx.test", [.. peers.Select((peer, n) => new RelayHost($"mx{n + 1}.test", peer.EndPoint))], IsSmartHost: false);

    /// <summary>A message; the body begins with a Return-Path of ours.</summary>
    public RelayMessage Message(params string[] recipients) => MessageWith(Text, recipients);

    public RelayMessage MessageWith(string text, params string[] recipients) => new()
    {
        Id = MessageId.New(Time),
        Sender = "jane@acme.test",
        Recipients = [.. recipients.Select(address => new RelayRecipient(address, Notify.Default, ""))],
        Body = Bodies.Put(Encoding.UTF8.GetBytes($"Return-Path: <jane@acme.test>\r\n{text}"), default),
    };

    public Task<Sent> SendAsync(ScriptedPeer peer, RelayMessage message) => SendAsync(Route(peer), message);

    public async Task<Sent> SendAsync(RelayRoute route, RelayMessage message) =>
        await Sender.SendAsync(route, message, TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);

    /// <summary>Sends, and lets time pass a second at a time while the peer keeps silent.</summary>
    public async Task<Sent> SendToSilentAsync(ScriptedPeer peer, RelayMessage message)
    {
        var sending = SendAsync(peer, message);
        await peer.UntilSilentAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        while (!sending.IsCompleted)
        {
            Time.Advance(Seconds(1));
            await Task.WhenAny(sending, Task.Delay(1, TestContext.Current.CancellationToken));
        }

        return await sending;
    }

    /// <summary>An address on loopback where nobody listens.</summary>
    public static RelayHost Nobody()
    {
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new RelayHost("nobody.test", (IPEndPoint)socket.LocalEndPoint!);
    }

    public async ValueTask DisposeAsync() => await services.DisposeAsync();

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
