using System.Text;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>
/// Plays the dialogues of Transcripts/Manage. Settings: <c>@ domains a b</c>, <c>@ users x@a y@a</c>, <c>@ deny IPIN=a DOMAININ=b</c>, <c>@ block address account</c>.
/// When there are <c>=&gt;</c> lines, they are all the deny entries, domains, users, aliases, lists and members that the
/// cluster holds afterwards.
/// </summary>
public sealed class TranscriptTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static TheoryData<string, PlayMode> Plays()
    {
        var plays = new TheoryData<string, PlayMode>();
        foreach (var name in Transcript.Names("Manage"))
        {
            foreach (var mode in Enum.GetValues<PlayMode>())
                plays.Add(name, mode);
        }

        return plays;
    }

    [Theory, MemberData(nameof(Plays))]
    public async Task A_transcript_plays_in_any_pieces(string name, PlayMode mode)
    {
        var transcript = Transcript.Load("Manage", name);
        await using var server = new ManagementServer();
        await PrepareAsync(server.Cluster, transcript);
        await server.StartAsync(CancellationToken.None);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);

        await new TranscriptPlayer(server.Handler, server.Time.Advance).PlayAsync(transcript, mode, limit.Token);

        if (transcript.Results.Count > 0)
            Assert.Equal(transcript.Results.Select(line => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line))), server.Cluster.Describe());
    }

    private static async Task PrepareAsync(FakeCluster cluster, Transcript transcript)
    {
        foreach (var domain in Words(transcript, "domains"))
            cluster.Domains[domain] = new FakeDomain(new DomainSettings());
        foreach (var user in Words(transcript, "users").Select(user => user.Split('@')))
            cluster.Domains[user[1]].Users[user[0]] = new FakeUser(new AccountSettings { QuotaKb = 0 }, null, false, user[0]);
        await cluster.Denied.AddAsync(Words(transcript, "deny"));
        foreach (var subject in Words(transcript, "block"))
            await cluster.Abuse.Blocks.AddAsync(new TimedEntry(subject, new DateTimeOffset(2025, 1, 2, 4, 0, 0, TimeSpan.Zero), TimedReasons.Logins));
    }

    private static string[] Words(Transcript transcript, string setting) =>
        transcript.Settings.GetValueOrDefault(setting)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
