using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Gateway.Smtp;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>
/// Puts the footers of our domains on a stored message: the sender's outgoing one for all, and for each mailbox the
/// incoming one of its domain. What only passes through gets none of the latter. Each variant of the body is made once.
/// </summary>
internal sealed partial class FooterStage(DomainDirectory domains, IBodyStore bodies, ILogger logger)
{
    /// <summary>The outgoing footer of a domain of ours; null when it has none or is not ours.</summary>
    /// <param name="senderDomain">The domain of the reverse-path; empty for the null sender.</param>
    public DomainFooter? OutgoingOf(string senderDomain) =>
        domains.HasFooters && DomainName.TryParse(senderDomain, out var name) ? domains.Find(name)?.Outgoing() : null;

    /// <summary>
    /// The message with its footers: the message itself when nobody concerned has any, or when it cannot take them. Bodies
    /// that no target uses are deleted. Throws <see cref="StorageException"/> when a body cannot be read or written.
    /// </summary>
    /// <param name="message">The message as it came.</param>
    /// <param name="outgoing">The footer of its sender, if that is to be believed.</param>
    /// <param name="recipients">Where it goes.</param>
    public ValueTask<FootedMessage> ApplyAsync(MessageRef message, DomainFooter? outgoing, IReadOnlyList<Recipient> recipients) =>
        outgoing is null && !(domains.HasFooters && AnyIncoming(recipients))
            ? ValueTask.FromResult(new FootedMessage(message.Body, recipients))
            : MakeVariantsAsync(message, outgoing, recipients);

    private async ValueTask<FootedMessage> MakeVariantsAsync(MessageRef message, DomainFooter? outgoing, IReadOnlyList<Recipient> recipients)
    {
        if (await PlanAsync(message) is not { } plan)
            return new(message.Body, recipients);
        var hint = recipients is [{ Targets: [var only] }] ? BodyUpload.HintFor(only, message.Id) : default;
        var made = new Dictionary<string, BodyRef>(StringComparer.Ordinal);
        BodyRef? main = null;
        var routed = new List<Recipient>(recipients.Count);
        foreach (var recipient in recipients)
        {
            var targets = new List<Target>(recipient.Targets.Count);
            foreach (var target in recipient.Targets)
            {
                var incoming = IncomingOf(target);
                var key = incoming?.Text ?? "";
                if (!made.TryGetValue(key, out var body))
                    made[key] = body = await MakeAsync(message, plan, outgoing, incoming, hint);
                main ??= body;
                targets.Add(body == main ? target : target with { Body = body });
            }

            routed.Add(recipient with { Targets = targets });
        }

        if (!made.ContainsValue(message.Body))
            await DeleteAsync(message);
        return new(main ?? message.Body, routed);
    }

    private bool AnyIncoming(IReadOnlyList<Recipient> recipients)
    {
        for (var i = 0; i < recipients.Count; i++)
        {
            var targets = recipients[i].Targets;
            for (var j = 0; j < targets.Count; j++)
            {
                if (IncomingOf(targets[j]) is not null)
                    return true;
            }
        }

        return false;
    }

    private DomainFooter? IncomingOf(Target target) => target.Kind == TargetKind.Mailbox
        ? domains.Find(target.Address.AsSpan(target.Address.LastIndexOf('@') + 1))?.Incoming()
        : null;

    /// <summary>Null when the message stays as it is.</summary>
    private async Task<FooterPlan?> PlanAsync(MessageRef message)
    {
        try
        {
            var plan = await FooterPlan.ReadAsync((offset, length) => bodies.OpenReadAsync(message.Body, new BodyRange(offset, length), CancellationToken.None));
            if (plan.Untouched is null)
                return plan;
            LogUntouched(message.Id, plan.Untouched);
        }
        catch (Exception failure) when (failure is not StorageException)
        {
            LogNotUnderstood(failure, message.Id); // whatever is wrong with its structure: it goes as it came
        }

        return null;
    }

    private async Task<BodyRef> MakeAsync(MessageRef message, FooterPlan plan, DomainFooter? outgoing, DomainFooter? incoming, BodyHint hint)
    {
        var footers = new List<FooterText>(2);
        foreach (var footer in new[] { outgoing, incoming })
        {
            if (footer is not null && FooterText.Parse(footer.Text) is { } text)
                footers.Add(text);
        }

        var splices = plan.Add(footers);
        return splices.Count == 0 ? message.Body : await PutAsync(message, splices, hint);
    }

    private async Task<BodyRef> PutAsync(MessageRef message, IReadOnlyList<Splice> splices, BodyHint hint)
    {
        var pipe = BodyUpload.CreatePipe();
        var upload = new BodyUpload(pipe, bodies, hint);
        try
        {
            await using var body = await bodies.OpenReadAsync(message.Body, BodyRange.All, CancellationToken.None);
            await new SplicedMessage(body, pipe.Writer, upload.FlushAsync).WriteAsync(splices);
        }
        catch
        {
            await upload.AbandonAsync();
            throw;
        }

        return await upload.CompleteAsync();
    }

    private async Task DeleteAsync(MessageRef message)
    {
        try
        {
            await bodies.DeleteAsync(message.Body, CancellationToken.None);
        }
        catch (StorageException failure)
        {
            LogNotDeleted(failure, message.Id); // the sweep finds it
        }
    }

    [LoggerMessage(230, LogLevel.Debug, "message {Message} gets no footer: {Reason}")]
    private partial void LogUntouched(MessageId message, string reason);

    [LoggerMessage(231, LogLevel.Warning, "message {Message} gets no footer: its structure is not understood")]
    private partial void LogNotUnderstood(Exception exception, MessageId message);

    [LoggerMessage(232, LogLevel.Warning, "the body of message {Message} without footers could not be deleted")]
    private partial void LogNotDeleted(Exception exception, MessageId message);
}
