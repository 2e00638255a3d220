using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay;

/// <summary>Finds where a domain's mail goes, gives places there, and learns from what becomes of the messages.</summary>
internal sealed class OutboundRelay(DomainRoutes routes, PlaceTable places, DenyOut denied, IMessageSender sender, RelayMetrics metrics, TimeProvider time) : IRelay
{
    private const string Unreachable = "4.4.1";

    private static readonly RelayEntrance.Closed RulesUnknown = new("4.3.0 the deny lists are not known: the store or the cluster is in trouble", null);

    public RelayUsage Usage => metrics.Usage;

    public async Task<RelayEntrance> EnterAsync(string domain, RelayLane lane, CancellationToken cancellationToken)
    {
        if (await denied.ReadAsync() is not { } rules)
            return RulesUnknown;
        if (rules.DeniesDomain(domain))
            return new RelayEntrance.Refused($"5.7.1 mail to {domain} is denied here");
        var route = await routes.FindAsync(domain, cancellationToken);
        if (route.Plan is not { } plan)
            return route.Instead!;
        if (route.Answer.RestsUntil is { } until && time.GetUtcNow() < until)
            return Closed(route.Answer.LastFailure, until);
        await ShareFailureAsync(route, plan.Key);

        var turn = await places.EnterAsync(plan.Key, lane, isCareful: route.Answer.RestsUntil is not null, cancellationToken);
        if (turn.Destination is not { } destination)
            return Closed(turn.Status, turn.Until);
        if (plan.MakeRoute(rules.Addresses) is { } hosts)
            return new RelayEntrance.Open(new RelayPlace(this, route, destination, lane, hosts, rules));
        places.Leave(destination, lane, isUnused: true);
        return new RelayEntrance.Refused($"5.7.1 all addresses of the hosts of {domain} are denied here");
    }

    /// <summary>Sends for a place.</summary>
    internal async Task<RelayReport> SendAsync(RelayPlace place, DomainRoute domain, Destination destination, RelayMessage message, CancellationToken cancellationToken)
    {
        var rules = await denied.ReadAsync() ?? throw new InvalidOperationException("a place was given, and the deny lists are not known");
        var outcomes = DenyRecipients(message.Recipients, rules, out var allowed);
        if (allowed == 0)
            return new RelayReport(outcomes!);
        if (place.RouteBy(rules) is not { } route)
            return Fill(message, outcomes, new RelayReport([.. Enumerable.Repeat(Denied("all addresses of its hosts are denied here"), allowed)]));
        if (!place.IsFirst())
            await places.PaceAsync(destination, cancellationToken);
        var rest = outcomes is null ? message : message with { Recipients = [.. message.Recipients.Where((_, i) => outcomes[i] is null)] };

        var sent = await sender.SendAsync(route, rest, cancellationToken);
        await LearnAsync(domain, destination, sent);
        return Fill(message, outcomes, sent.Report);
    }

    internal void Leave(Destination destination, RelayLane lane, bool isUnused) => places.Leave(destination, lane, isUnused);

    private async Task LearnAsync(DomainRoute domain, Destination destination, Sent sent)
    {
        if (sent.Reached)
        {
            var wasFailing = places.Succeed(destination);
            if (wasFailing || domain.Answer.RestsUntil is not null)
                await routes.TellAsync(domain, reached: true, "", failure: 0);
            return;
        }

        var status = WithCode(sent.Report.Outcomes[0].Status);
        if (places.Fail(destination, status) is > 0 and var failure)
            await routes.TellAsync(domain, reached: false, status, failure);
    }

    /// <summary>
    /// When a destination rests, every domain of its hosts is told once. A domain that was told and does not know it any
    /// more was flushed, or another process reached its hosts: then the rest is over.
    /// </summary>
    private async ValueTask ShareFailureAsync(DomainRoute route, string key)
    {
        if (!route.IsShared || places.FailureOf(key, out var status) is not (> 0 and var failure))
            return;
        if (route.Answer.RestsUntil is null && route.Told == failure)
            places.Forgive(key);
        else if (route.Told != failure)
            await routes.TellAsync(route, reached: false, status, failure);
    }

    private static RelayEntrance.Closed Closed(string status, DateTimeOffset? until) => new(WithCode(status), until);

    // A 5xx greeting is no reason to give a message up while its hosts rest.
    private static string WithCode(string status) => status is ['4', '.', ..] ? status : $"{Unreachable} {status}";

    /// <summary>What is denied gets its outcome; null when nothing is.</summary>
    private static RelayOutcome[]? DenyRecipients(IReadOnlyList<RelayRecipient> recipients, DenyRules rules, out int allowed)
    {
        RelayOutcome[]? outcomes = null;
        allowed = recipients.Count;
        for (var i = 0; i < recipients.Count; i++)
        {
            if (!rules.DeniesRecipient(recipients[i].Address))
                continue;
            outcomes ??= new RelayOutcome[recipients.Count];
            outcomes[i] = Denied("mail to this recipient is denied here");
            allowed--;
        }

        return outcomes;
    }

    private static RelayOutcome Denied(string why) => new(RelayVerdict.Failed, $"5.7.1 {why}", "");

    private static RelayReport Fill(RelayMessage message, RelayOutcome[]? outcomes, RelayReport report)
    {
        if (outcomes is null)
            return report;
        var next = 0;
        for (var i = 0; i < message.Recipients.Count; i++)
            outcomes[i] ??= report.Outcomes[next++];
        return new RelayReport(outcomes);
    }
}
