using System.Text;
using Orleans.Mail.Grains;
using Orleans.Mail.TestKit.Peers;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Relay.Tests.Sending;

/// <summary>
/// The transcripts of Transcripts/Relay: dialogues with another server, which answers by line and octet by octet.
/// Settings: <c>@ from</c>, <c>@ to</c> (several, parted by commas), <c>@ body</c> with escapes, <c>@ messages</c> how often it is sent, <c>@ 8bit</c>, <c>@ utf8</c>, <c>@ notify</c>,
/// <c>@ orcpt</c>, <c>@ ret</c>, <c>@ envid</c>, <c>@ delivered-to</c>, <c>@ user</c> and <c>@ password</c> of a smart host. Results are the outcomes.
/// </summary>
public sealed class RelayTranscriptTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static TheoryData<string, PlayMode> Transcripts()
    {
        var data = new TheoryData<string, PlayMode>();
        foreach (var name in Transcript.Names("Relay"))
        {
            data.Add(name, PlayMode.Line);
            data.Add(name, PlayMode.Byte);
        }

        return data;
    }

    [Theory, MemberData(nameof(Transcripts))]
    public async Task The_sender_says_what_the_transcript_says(string name, PlayMode mode)
    {
        var transcript = Transcript.Load("Relay", name);
        var settings = transcript.Settings;
        using var peer = new TranscriptPeer(transcript, mode);
        await using var world = new RelayWorld(options => options with
        {
            SmartHostUser = settings.GetValueOrDefault("user", ""),
            SmartHostPassword = settings.GetValueOrDefault("password", ""),
        });
        var playing = peer.PlayAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        var route = new RelayRoute("mx.test", [new RelayHost("mx.test", peer.EndPoint)], IsSmartHost: settings.ContainsKey("user"));
        var outcomes = new List<string>();
        for (var i = int.Parse(settings.GetValueOrDefault("messages", "1"), System.Globalization.CultureInfo.InvariantCulture); i > 0; i--)
        {
            var sending = world.SendAsync(route, Message(world, settings));
            if (await Task.WhenAny(sending, playing) == playing)
                await playing;
            outcomes.AddRange((await sending).Report.Outcomes.Select(outcome => $"{outcome.Verdict} {outcome.Status}{(outcome.PeerReports ? " (peer reports)" : "")}"));
        }

        world.Pool.Dispose(); // says QUIT
        await playing;
        Assert.Equal(transcript.Results, outcomes);
    }

    private static RelayMessage Message(RelayWorld world, IReadOnlyDictionary<string, string> settings)
    {
        var body = TranscriptText.Octets(settings.GetValueOrDefault("body", "Subject: x\\r\\n\\r\\nx\\r\\n"));
        var notify = Enum.Parse<Notify>(settings.GetValueOrDefault("notify", "Default"));
        return world.Message("x@else.test") with
        {
            Sender = settings.GetValueOrDefault("from", "jane@acme.test"),
            Recipients = [.. settings.GetValueOrDefault("to", "a@else.test")
                .Split(',').Select(to => new RelayRecipient(Encoding.UTF8.GetString(TranscriptText.Octets(to)), notify, settings.GetValueOrDefault("orcpt", "")))],
            Body = world.Bodies.Put(new byte[][] { [.. "Return-Path: <x@y.test>\r\n"u8], body }.SelectMany(part => part).ToArray(), default),
            DeliveredTo = settings.GetValueOrDefault("delivered-to", ""),
            Request = new MailRequest
            {
                Is8Bit = settings.ContainsKey("8bit"),
                IsUtf8 = settings.ContainsKey("utf8"),
                Return = Enum.Parse<ReturnContent>(settings.GetValueOrDefault("ret", "Default")),
                EnvelopeId = Encoding.UTF8.GetString(TranscriptText.Octets(settings.GetValueOrDefault("envid", ""))),
            },
        };
    }
}
