using System.Collections.Concurrent;
using System.Diagnostics;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd.Watching;

/// <summary>Whoever asks for traces sees a message on its whole way.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> ended = new();
    private readonly ActivityListener listener;

    public TraceTests()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("mail.", StringComparison.Ordinal) || source.Name == "Microsoft.Orleans.Runtime",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
    }

    public void Dispose() => listener.Dispose();

    [Fact]
    public async Task One_trace_goes_from_DATA_over_the_grains_to_the_commit()
    {
        // Nobody listens on port 1: what is exported is lost, and nothing else happens.
        await using var server = await ServerUnderTest.StartAsync(null, "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1");
        await server.AddUserAsync("mick");
        var reply = await Wire.SendAsync(server.Smtp, "mick@acme.test", "Subject: x\r\n\r\nx\r\n"u8.ToArray());
        Assert.Single(await Wire.FetchAllAsync(server.Pop3, "mick@acme.test"));

        var id = reply.Split(' ')[^1];
        var data = Find("smtp.data", id);
        Assert.Equal(250, data.GetTagItem("mail.smtp.reply"));
        var trace = ended.Where(span => span.TraceId == data.TraceId).ToArray();
        Assert.Contains(trace, span => span.OperationName == "store.put");
        var commit = Assert.Single(trace, span => span.OperationName == "store.commit");
        Assert.Equal("m", commit.GetTagItem("mail.store.partition"));
        Assert.Equal("Done", commit.GetTagItem("mail.store.outcome"));

        // The commit, the mailbox's turn, the router's turn, DATA.
        var path = PathOf(commit, trace).ToArray();
        Assert.Same(data, path[^1]);
        Assert.Contains(path, span => span.DisplayName.Contains("IMailboxGrain", StringComparison.Ordinal));
        Assert.Contains(path, span => span.DisplayName.Contains("ISubmissionGrain", StringComparison.Ordinal));

        var retrieval = Find("pop3.retr", id);
        Assert.NotEqual(data.TraceId, retrieval.TraceId);
        Assert.Contains(ended, span => span.OperationName == "store.open" && span.ParentSpanId == retrieval.SpanId);
    }

    [Fact]
    public async Task What_goes_on_in_the_background_is_no_part_of_a_messages_trace()
    {
        await using var server = await ServerUnderTest.StartAsync(null, "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "--CFG_LOCALIP=127.0.0.1");
        await server.AddUserAsync("mick");
        await server.ManageAsync("MLIST ADD NAME=all DOMAIN=acme.test ACCESS=1", "MLISTUSER ADD MAILBOX=mick@acme.test MLISTNAME=all MLISTDOMAIN=acme.test");

        var id = (await Wire.SendAsync(server.Smtp, "all@acme.test", "Subject: x\r\n\r\nx\r\n"u8.ToArray())).Split(' ')[^1];
        while ((await Wire.FetchAllAsync(server.Pop3, "mick@acme.test")).Count == 0)
            await Task.Delay(50, TestContext.Current.CancellationToken);

        var data = Find("smtp.data", id);
        var trace = ended.Where(span => span.TraceId == data.TraceId).ToArray();
        var commits = trace.Where(span => span.OperationName == "store.commit").Select(span => span.GetTagItem("mail.store.partition")).ToArray();
        Assert.Contains("q", commits); // the post, which is durable before 250
        Assert.DoesNotContain("m", commits); // its copies
    }

    private Activity Find(string name, string message) =>
        Assert.Single(ended, span => span.OperationName == name && (string?)span.GetTagItem("mail.message.id") == message);

    private static IEnumerable<Activity> PathOf(Activity span, IReadOnlyList<Activity> trace)
    {
        for (var at = span; at is not null; at = trace.SingleOrDefault(each => each.SpanId == at.ParentSpanId))
            yield return at;
    }
}
