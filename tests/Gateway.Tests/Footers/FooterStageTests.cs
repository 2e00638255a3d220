using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Gateway.Footers;
using Orleans.Mail.Gateway.Tests.Smtp;
using Orleans.Mail.Storage;
using Orleans.Mail.TestKit;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Gateway.Tests.Footers;

/// <summary>Which footers a message gets for whom, and which bodies stay.</summary>
public sealed class FooterStageTests
{
    private const string Message = "Return-Path: <x@y.test>\r\n\r\nHello\r\n";
    private const string In = "\r\nin acme\r\n";
    private const string InBeta = "\r\nin beta\r\n";
    private const string Out = "\r\nout acme\r\n";

    private readonly MemoryBodyStore store = new(new FakeTimeProvider());
    private readonly FaultyBodyStore bodies;
    private readonly FakeAddresses cluster = new();
    private readonly MessageId id = MessageId.New(TimeProvider.System);

    public FooterStageTests()
    {
        bodies = new FaultyBodyStore(store);
        cluster.Settings["acme.test"] = new() { IncomingFooter = new("in", "in acme"), OutgoingFooter = new("out", "out acme") };
        cluster.Settings["beta.test"] = new() { IncomingFooter = new("in", "in beta") };
    }

    [Fact]
    public async Task A_mailbox_gets_the_incoming_footer_of_its_domain()
    {
        var footed = await ApplyAsync("else.test", mayRelay: true, To(Mailbox("mick@acme.test")));

        Assert.Equal(Message + In, Read(footed.Body));
        Assert.Null(footed.Recipients[0].Targets[0].Body);
        Assert.Equal(1, store.Pending);
        var durable = await DurableAsync(footed.Body);
        Assert.Equal(MailboxKeys.EntryOf("box-mick@acme.test", id), durable.SoleHolder);
    }

    [Fact]
    public async Task What_a_client_that_may_relay_sends_gets_the_senders_outgoing_footer()
    {
        var footed = await ApplyAsync("ACME.test", mayRelay: true, To(Remote("x@far.test")));

        Assert.Equal(Message + Out, Read(footed.Body));
        var durable = await DurableAsync(footed.Body);
        Assert.Equal(QueueKeys.EntryOf(footed.Recipients[0].Targets[0], id), durable.SoleHolder);
    }

    [Fact]
    public async Task Who_only_says_to_be_the_sender_gets_no_outgoing_footer()
    {
        var footed = await ApplyAsync("acme.test", mayRelay: false, To(Remote("x@far.test")));
        Assert.Equal(Message, Read(footed.Body));
    }

    [Fact]
    public async Task Each_variant_is_made_once_and_only_for_whom_it_is()
    {
        var footed = await ApplyAsync(
            "acme.test",
            mayRelay: true,
            To(Mailbox("mick@acme.test"), Mailbox("ann@acme.test")),
            To(Mailbox("bob@beta.test"), Remote("x@far.test") with { IsCopy = true }),
            To(Mailbox("c@xn--bcher-kva.test")),
            To(Other(TargetKind.Pipe, "p@acme.test")),
            To(Other(TargetKind.List, "l@acme.test")));

        var read = footed.Recipients.SelectMany(recipient => recipient.Targets).Select(target => Read(target.Body ?? footed.Body)[Message.Length..]);
        Assert.Equal([Out + In, Out + In, Out + InBeta, Out, Out, Out, Out], read);
        Assert.Equal(3, store.Pending);
        Assert.Null((await DurableAsync(footed.Body)).SoleHolder);
    }

    [Fact]
    public async Task The_message_stays_for_whom_it_needs_no_footer()
    {
        var footed = await ApplyAsync("else.test", mayRelay: true, To(Mailbox("mick@acme.test"), Remote("x@far.test"), Mailbox("c@xn--bcher-kva.test")));

        Assert.Equal(
            [Message + In, Message, Message],
            footed.Recipients[0].Targets.Select(target => Read(target.Body ?? footed.Body)));
        Assert.Equal(2, store.Pending);
    }

    [Theory]
    [InlineData(FooterChoice.Incoming, In)]
    [InlineData(FooterChoice.Outgoing, Out)]
    [InlineData(FooterChoice.Both, Out + In)]
    [InlineData(FooterChoice.Given, Out + In)]
    public async Task SHOWFOOTER_says_which(FooterChoice choice, string expected)
    {
        cluster.Settings["acme.test"] = cluster.Settings["acme.test"] with { ShowFooter = choice };
        var footed = await ApplyAsync("acme.test", mayRelay: true, To(Mailbox("mick@acme.test")));
        Assert.Equal(Message + expected, Read(footed.Body));
    }

    [Fact]
    public async Task Equal_footers_stand_once()
    {
        cluster.Settings["acme.test"] = new() { IncomingFooter = new("in", "the same"), OutgoingFooter = new("out", "the same\n") };
        var footed = await ApplyAsync("acme.test", mayRelay: true, To(Mailbox("mick@acme.test"), Remote("x@far.test")));

        Assert.Equal(Message + "\r\nthe same\r\n", Read(footed.Body));
        Assert.Equal(Message + "\r\nthe same\r\n", Read(footed.Recipients[0].Targets[1].Body ?? footed.Body));
    }

    [Fact]
    public async Task Without_footers_nothing_is_read_and_nothing_is_made()
    {
        using var unread = bodies.Reads.While(Fault.Error);
        var recipients = new[] { To(Mailbox("c@xn--bcher-kva.test")), To(Remote("x@far.test")) };
        var body = Put(Message);
        var stage = await StageAsync();
        await stage.ApplyAsync(new MessageRef(id, body), stage.OutgoingOf("else.test"), recipients); // what the runtime makes at a first call is not counted
        var before = GC.GetAllocatedBytesForCurrentThread();
        var apply = stage.ApplyAsync(new MessageRef(id, body), stage.OutgoingOf("else.test"), recipients);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(apply.IsCompletedSuccessfully);
        var footed = await apply;
        Assert.Equal(body, footed.Body);
        Assert.Same(recipients, footed.Recipients);
        Assert.True(allocated < 200, $"{allocated} octets, of which the reference is one object");
    }

    [Theory]
    [InlineData("Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b--\r\n")]
    [InlineData("Subject: x\r\n")]
    [InlineData("")]
    public async Task A_message_that_can_take_none_goes_as_it_is(string message)
    {
        var footed = await ApplyAsync("acme.test", mayRelay: true, message, To(Mailbox("mick@acme.test")));
        Assert.Equal(message, Read(footed.Body));
    }

    [Fact]
    public async Task A_message_with_too_many_parts_goes_as_it_is()
    {
        var message = "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + string.Concat(Enumerable.Repeat("--b\r\n\r\nx\r\n", OutlineReader.MaxParts + 1));
        var footed = await ApplyAsync("acme.test", mayRelay: true, message, To(Mailbox("mick@acme.test")));
        Assert.Equal(message, Read(footed.Body));
    }

    [Fact]
    public async Task A_message_with_an_endless_header_goes_as_it_is()
    {
        var message = "Subject: " + new string('x', 3 * OutlineReader.MaxHeader) + "\r\n\r\nHello\r\n";
        var footed = await ApplyAsync("acme.test", mayRelay: true, message, To(Mailbox("mick@acme.test")));
        Assert.Equal(message, Read(footed.Body));
    }

    [Fact]
    public async Task A_large_attachment_follows_its_text()
    {
        var attachment = new string('A', 3_000_000);
        var message = $"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: application/x\r\n\r\n{attachment}\r\n--b--\r\n";
        var footed = await ApplyAsync("else.test", mayRelay: false, message, To(Mailbox("mick@acme.test")));
        Assert.Equal(message.Replace("Hello", "Hello\r\n\r\nin acme", StringComparison.Ordinal), Read(footed.Body));
    }

    [Fact]
    public async Task Trouble_of_the_store_is_said_and_not_hidden()
    {
        bodies.Puts.Next(Fault.Error);
        await Assert.ThrowsAsync<StorageException>(() => ApplyAsync("else.test", mayRelay: false, To(Mailbox("mick@acme.test"))));
        bodies.Reads.Next(Fault.Error);
        await Assert.ThrowsAsync<StorageException>(() => ApplyAsync("else.test", mayRelay: false, To(Mailbox("mick@acme.test"))));
    }

    private static Target Mailbox(string address) => new() { Kind = TargetKind.Mailbox, Address = address, Id = "box-" + address };

    private static Target Remote(string address) => new() { Kind = TargetKind.Remote, Address = address };

    private static Target Other(TargetKind kind, string address) => new() { Kind = kind, Address = address, Id = "x" };

    private static Recipient To(params Target[] targets) => new("someone@else.test", targets);

    private Task<FootedMessage> ApplyAsync(string sender, bool mayRelay, params Recipient[] recipients) => ApplyAsync(sender, mayRelay, Message, recipients);

    private async Task<FootedMessage> ApplyAsync(string sender, bool mayRelay, string message, params Recipient[] recipients)
    {
        var stage = await StageAsync();
        return await stage.ApplyAsync(new MessageRef(id, Put(message)), mayRelay ? stage.OutgoingOf(sender) : null, recipients);
    }

    private async Task<FooterStage> StageAsync()
    {
        var domains = new DomainDirectory();
        await domains.RefreshAsync(cluster);
        return new FooterStage(domains, bodies, NullLogger.Instance);
    }

    private BodyRef Put(string message) => store.Put(Encoding.Latin1.GetBytes(message), default);

    private string Read(BodyRef body)
    {
        using var reader = new StreamReader(store.OpenReadAsync(body, BodyRange.All, TestContext.Current.CancellationToken).AsTask().Result, Encoding.Latin1);
        return reader.ReadToEnd();
    }

    private async Task<StoredBody> DurableAsync(BodyRef body)
    {
        var rows = new MemoryRowStore(store);
        await rows.CommitAsync(new RowBatch("test").Insert("row", new byte[] { 1 }).Require(body), TestContext.Current.CancellationToken);
        return (await store.ScanAsync(null, 10, TestContext.Current.CancellationToken)).Bodies.Single(stored => stored.Body == body);
    }
}
