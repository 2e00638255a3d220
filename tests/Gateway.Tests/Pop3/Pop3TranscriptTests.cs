using System.Globalization;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Pop3;

/// <summary>
/// The transcripts of Transcripts/Pop3, each whole, by line and octet by octet. Their settings are parameters, and
/// <c>fault Method[,times]</c> (the mailbox), <c>fault Body</c>, <c>fault GetLogin</c>, <c>refuse InUse|Closed</c>;
/// their results <c>left n</c> (messages in the mailbox) and <c>free</c> (nobody holds it).
/// </summary>
public sealed class Pop3TranscriptTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static TheoryData<string, PlayMode> Transcripts()
    {
        var data = new TheoryData<string, PlayMode>();
        foreach (var name in Transcript.Names("Pop3"))
        {
            foreach (var mode in Enum.GetValues<PlayMode>())
                data.Add(name, mode);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task The_server_says_what_the_transcript_says(string name, PlayMode mode)
    {
        var transcript = Transcript.Load("Pop3", name);
        await using var world = await Pop3World.StartAsync(transcript.Settings);
        Arrange(world, transcript.Settings);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);

        await new TranscriptPlayer(world.Handler, world.Pass).PlayAsync(transcript, mode, limit.Token);

        foreach (var result in transcript.Results)
            AssertResult(world, result);
        Assert.Equal(0, world.Mailboxes.Count);
        Assert.Equal(0, world.Bodies.Open);
    }

    private static void Arrange(Pop3World world, IReadOnlyDictionary<string, string> settings)
    {
        if (settings.TryGetValue("refuse", out var refusal))
            world.Mailbox.Refusal = Enum.Parse<OpenStatus>(refusal);
        if (!settings.TryGetValue("fault", out var fault))
            return;
        if (fault == "Body")
            world.Bodies.Fails = true;
        else if (fault == "GetLogin")
            world.Account("mick@acme.test").Fault = new TimeoutException("the silo does not answer");
        else if (fault.Split(',') is [var method, var times])
            world.Mailbox.Fail(method, int.Parse(times, CultureInfo.InvariantCulture));
        else
            world.Mailbox.Fail(fault);
    }

    private static void AssertResult(Pop3World world, string result)
    {
        if (result == "free")
            Assert.False(world.Mailbox.IsHeld);
        else if (result.Split(' ') is ["left", var count])
            Assert.Equal(int.Parse(count, CultureInfo.InvariantCulture), world.Mailbox.Entries.Count);
        else
            Assert.Fail($"unknown result {result}");
    }
}
