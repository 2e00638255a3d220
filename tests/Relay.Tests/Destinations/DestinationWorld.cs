using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay.Tests.Destinations;

/// <summary>A relay over fake grains, a fake sender and time that stands still.</summary>
internal sealed class DestinationWorld
{
    public DestinationWorld(Action<DestinationOptions>? configure = null)
    {
        var options = new DestinationOptions { HostName = "me.test", OwnAddresses = [IPAddress.Parse("198.51.100.1")] };
        configure?.Invoke(options);
        var wrapped = Options.Create(options);
        Grains = new FakeGrains(Time);
        Places = new PlaceTable(wrapped, Time);
        var routes = new DomainRoutes(Grains.Factory, Grains, new OwnHosts(wrapped), wrapped, Time, NullLogger<DomainRoutes>.Instance);
        var denied = new DenyOut(Grains.Factory, Time, NullLogger<DenyOut>.Instance);
        var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Relay = new OutboundRelay(routes, Places, denied, Sender, new RelayMetrics(services.GetRequiredService<IMeterFactory>()), Time);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public FakeGrains Grains { get; }

    public FakeSender Sender { get; } = new();

    public PlaceTable Places { get; }

    public IRelay Relay { get; }

    public FakeMx Mx(string domain) => Grains.Mx(domain);

    public Task<RelayEntrance> EnterAsync(string domain, RelayLane lane = RelayLane.User, CancellationToken? cancellationToken = null) =>
        Relay.EnterAsync(domain, lane, cancellationToken ?? TestContext.Current.CancellationToken);

    public async Task<IRelayPlace> OpenAsync(string domain, RelayLane lane = RelayLane.User) =>
        Assert.IsType<RelayEntrance.Open>(await EnterAsync(domain, lane).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Place;

    public async Task<string> RefusedAsync(string domain) => Assert.IsType<RelayEntrance.Refused>(await EnterAsync(domain)).Status;

    public async Task<RelayEntrance.Closed> ClosedAsync(string domain) =>
        Assert.IsType<RelayEntrance.Closed>(await EnterAsync(domain).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

    /// <summary>Enters, sends one message and leaves. Returns how it went.</summary>
    public async Task<RelayReport> SendAsync(string domain, RelayLane lane = RelayLane.User)
    {
        await using var place = await OpenAsync(domain, lane);
        return await SendAsync(place, $"joe@{domain}");
    }

    public Task<RelayReport> SendAsync(IRelayPlace place, params string[] recipients) => place.SendAsync(
        new RelayMessage
        {
            Id = MessageId.New(Time),
            Sender = "me@here.test",
            Recipients = [.. recipients.Select(address => new RelayRecipient(address, default, ""))],
            Body = default!,
        },
        TestContext.Current.CancellationToken);

    /// <summary>The addresses that the last message was sent to, in their order.</summary>
    public string[] LastHosts() => [.. Sender.Sent.Last().Route.Hosts.Select(host => host.EndPoint.Address.ToString())];
}
