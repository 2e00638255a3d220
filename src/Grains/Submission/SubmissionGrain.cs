using Orleans.Concurrency;

namespace Orleans.Mail.Grains;

/// <summary>The router. It keeps nothing: everything durable is in the mailboxes and the queue, whose answers it gathers.</summary>
[StatelessWorker, Reentrant, GrainType("submission")]
internal sealed class SubmissionGrain(Router router, MailboxDelivery mailboxes, SubmissionServices services) : Grain, ISubmissionGrain
{
    private static readonly SubmitResult[] OfOne =
        [.. Enum.GetValues<SubmitOutcome>().Select(outcome => new SubmitResult(new[] { outcome }))];

    public Task<Route> RouteAsync(RouteRequest request) => router.RouteAsync(request);

    public Task<SubmitResult> SubmitAsync(Envelope envelope, MessageRef message) =>
        !message.Body.Shared
        && envelope.Recipients is [{ Targets: [{ Kind: TargetKind.Mailbox } target] } recipient]
        && !SubmissionServices.OwesSuccess(envelope, recipient, target)
            ? SubmitToOneAsync(envelope, target, message)
            : new Submission(envelope, message, services, mailboxes).RunAsync();

    /// <summary>What most mail is: one mailbox, one commit, and nobody else holds the body.</summary>
    private async Task<SubmitResult> SubmitToOneAsync(Envelope envelope, Target target, MessageRef message)
    {
        if (target.Body is { } own)
            message = message with { Body = own };
        var outcome = MessageRules.Refuse(target, envelope) ?? await mailboxes.DeliverAsync(target, message);
        if (outcome == SubmitOutcome.TryAgain)
            outcome = await services.PutOffAsync(envelope, target, message);
        return OfOne[(int)outcome];
    }
}
