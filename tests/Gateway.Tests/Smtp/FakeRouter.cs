namespace Orleans.Mail.Gateway.Tests.Smtp;

/// <summary>The router: notes what was submitted and answers as it was told, one word an attempt; the last word stays.</summary>
internal sealed class FakeRouter : ISubmissionGrain
{
    private readonly List<(Envelope Envelope, MessageRef Message)> submitted = [];
    private readonly Lock gate = new();

    /// <summary>Delivered, Gone, TryAgain, FirstGone, or Throws.</summary>
    public Queue<string> Answers { get; } = new(["Delivered"]);

    /// <summary>Every attempt.</summary>
    public IReadOnlyList<(Envelope Envelope, MessageRef Message)> Submitted
    {
        get
        {
            lock (gate)
                return [.. submitted];
        }
    }

    public Task<SubmitResult> SubmitAsync(Envelope envelope, MessageRef message)
    {
        string answer;
        lock (gate)
        {
            submitted.Add((envelope, message));
            answer = Answers.Count > 1 ? Answers.Dequeue() : Answers.Peek();
        }

        return answer switch
        {
            "Throws" => Task.FromException<SubmitResult>(new TimeoutException("the silo does not answer")),
            "FirstGone" => Task.FromResult(new SubmitResult(
                [.. envelope.Recipients.Select((_, i) => i == 0 ? SubmitOutcome.Gone : SubmitOutcome.Delivered)])),
            _ => Task.FromResult(new SubmitResult([.. envelope.Recipients.Select(_ => Enum.Parse<SubmitOutcome>(answer))])),
        };
    }
}
