using System.Collections.Concurrent;

namespace Orleans.Mail.Grains.Tests.Dns;

/// <summary>DNS as a test wants it: an answer, or a wait.</summary>
public sealed class FakeMailDns(TimeProvider time) : IMailDns
{
    private readonly ConcurrentDictionary<string, Func<Task<MxAnswer>>> answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> asked = new(StringComparer.Ordinal);

    public int Asked(string domain) => asked.GetValueOrDefault(domain);

    public void Answer(string domain, MxOutcome outcome, int seconds = 600) => Answer(domain, () => Task.FromResult(Make(domain, outcome, seconds)));

    public void Answer(string domain, Func<Task<MxAnswer>> answer) => answers[domain] = answer;

    public MxAnswer Make(string domain, MxOutcome outcome, int seconds = 600) => new(
        domain,
        outcome,
        outcome == MxOutcome.Found ? [new MxHost($"mx.{domain}", 10, ["192.0.2.1"])] : [],
        time.GetUtcNow(),
        TimeSpan.FromSeconds(seconds),
        outcome == MxOutcome.Found ? "" : outcome.ToString());

    public Task<MxAnswer> LookUpAsync(string domain, CancellationToken cancellationToken)
    {
        asked.AddOrUpdate(domain, 1, static (_, count) => count + 1);
        return answers[domain]();
    }
}
