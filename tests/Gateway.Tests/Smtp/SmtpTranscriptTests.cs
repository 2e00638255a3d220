using System.Net;
using System.Text;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Smtp;

/// <summary>
/// The transcripts of Transcripts/Smtp, each whole, by line and octet by octet. Their results are the deliveries:
/// <c>=&gt; &lt;sender&gt; to address=mailbox ...: message</c>. The settings <c>port</c> and <c>client</c> say by which listener
/// the client comes, and from where.
/// </summary>
public sealed class SmtpTranscriptTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static TheoryData<string, PlayMode> Transcripts()
    {
        var data = new TheoryData<string, PlayMode>();
        foreach (var name in Transcript.Names("Smtp"))
        {
            foreach (var mode in Enum.GetValues<PlayMode>())
                data.Add(name, mode);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task The_server_says_and_delivers_what_the_transcript_says(string name, PlayMode mode)
    {
        var transcript = Transcript.Load("Smtp", name);
        await using var world = await SmtpWorld.StartAsync(transcript.Settings);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);

        await new TranscriptPlayer(world.Handler, world.Time.Advance).PlayAsync(transcript, mode, limit.Token, Connect(transcript.Settings));

        Assert.Equal(transcript.Results.Select(Visible), world.Deliveries().Select(Visible));
        Assert.Equal(0, world.Connections.Count(ProtocolKind.Smtp));
    }

    private static WireConnection Connect(IReadOnlyDictionary<string, string> settings)
    {
        var wire = new WireConnection(settings.TryGetValue("client", out var client) ? IPAddress.Parse(client) : null);
        if (settings.TryGetValue("port", out var port))
            wire.Features.Set(new ListenerFeature(Enum.Parse<MailPort>(port)));
        return wire;
    }

    private static string Visible(string octets) =>
        octets.Aggregate(new StringBuilder(), (text, c) => c is < ' ' or > '~' ? text.Append(System.Globalization.CultureInfo.InvariantCulture, $"<{(int)c:x2}>") : text.Append(c)).ToString();
}
