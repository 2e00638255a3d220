namespace Orleans.Mail.Gateway.Tests.Smtp;

/// <summary>The router: notes what was submitted and answers as it was told, one word an attempt; the last word stays.</summary>
internal sealed class FakeRouter(FakeAddresses addresses) : ISubmissionGrain
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

    /// <summary>What was asked at RCPT.</summary>
    public List<RouteRequest> Asked { get; } = [];

    /// <summary>Verdicts about recipients that are more than a user or nobody.</summary>
    public Dictionary<string, RouteVerdict> Verdicts { get; } = [];

    /// <summary>What CFG_POSTMASTER is.</summary>
    public string? Postmaster { get; set; }

    public async Task<Route> RouteAsync(RouteRequest request)
    {
        lock (gate)
            Asked.Add(request);
        if (Verdicts.TryGetValue(request.Recipient, out var verdict))
            return new Route(verdict, null);
        var route = await FindAsync(request.Recipient);
        var plus = request.Recipient.IndexOf('+', StringComparison.Ordinal);
        if (route.Verdict == RouteVerdict.NoSuchMailbox && plus > 0)
            route = await FindAsync(request.Recipient[..plus] + request.Recipient[request.Recipient.LastIndexOf('@')..], request.Recipient);
        if (route.Verdict == RouteVerdict.NoSuchMailbox && Postmaster is not null && request.Recipient.StartsWith("postmaster", StringComparison.OrdinalIgnoreCase))
            route = await FindAsync(Postmaster);
        return route;
    }

    private async Task<Route> FindAsync(string address, string? named = null)
    {
        if (!MailAddress.TryParse(address, out var parsed))
            return new Route(RouteVerdict.NoSuchMailbox, null);
        var name = await addresses.Find(parsed.Key).ResolveAsync();
        if (name.Refused)
            return new Route(RouteVerdict.Off, null);
        return name.Kind == NameKind.None
            ? new Route(RouteVerdict.NoSuchMailbox, null)
            : new Route(RouteVerdict.Accepted, Recipients.Mailbox(named ?? address, name.Id));
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
