using Microsoft.Extensions.Logging;
using Orleans.Mail.Protocols.Smtp;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>Hands a stored message to the router and turns the outcomes of its recipients into one reply.</summary>
internal sealed partial class MessageSubmitter(Routers routers, IBodyStore bodies, ILogger logger)
{
    private const int Attempts = 2;

    /// <summary>
    /// 250 when the message is durable for every recipient: in its mailbox or in the queue. An unknown outcome is asked for once more
    /// under the same id, which delivers nothing twice; then it is 451, and the client's next attempt is a new message.
    /// </summary>
    public async ValueTask<SmtpReply> SubmitAsync(Envelope envelope, MessageRef message)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                var result = await routers.Next().SubmitAsync(envelope, message);
                if (!result.Outcomes.Contains(SubmitOutcome.TryAgain))
                    return await ConcludeAsync(result, envelope, message, attempt);
                LogUndelivered(message.Id, attempt);
            }
            catch (Exception exception)
            {
                LogFailed(exception, message.Id, attempt); // whether it was delivered is not known
            }
        }

        return SmtpReplies.TryAgain;
    }

    private async ValueTask<SmtpReply> ConcludeAsync(SubmitResult result, Envelope envelope, MessageRef message, int attempt)
    {
        if (result.Outcomes.Contains(SubmitOutcome.Delivered))
            return SmtpReplies.Queued(message.Id.ToString());

        // What an attempt whose outcome is not known has put to use must stay; if it has not, the sweep finds it.
        if (attempt == 1)
            await DeleteBodiesAsync(envelope, message);
        return RefusalOf(result.Outcomes[0]);
    }

    private async ValueTask DeleteBodiesAsync(Envelope envelope, MessageRef message)
    {
        try
        {
            var others = envelope.Recipients.SelectMany(recipient => recipient.Targets).Select(target => target.Body).OfType<BodyRef>();
            foreach (var body in others.Append(message.Body).Distinct())
                await bodies.DeleteAsync(body, CancellationToken.None);
        }
        catch (StorageException exception)
        {
            LogBodyLeft(exception, message.Id); // the sweep finds it
        }
    }

    private static SmtpReply RefusalOf(SubmitOutcome outcome) => outcome switch
    {
        SubmitOutcome.Gone => SmtpReplies.NoSuchMailbox,
        SubmitOutcome.Full => SmtpReplies.MailboxFull,
        SubmitOutcome.TooLarge => SmtpReplies.TooLargeForMailbox,
        SubmitOutcome.Loop => SmtpReplies.DeliveredBefore,
        SubmitOutcome.NotAllowed => SmtpReplies.NotAllowed,
        _ => throw new InvalidOperationException($"{outcome} is no refusal"),
    };

    [LoggerMessage(211, LogLevel.Warning, "message {Message} is not durable for every recipient (attempt {Attempt})")]
    private partial void LogUndelivered(MessageId message, int attempt);

    [LoggerMessage(212, LogLevel.Warning, "message {Message} could not be submitted (attempt {Attempt})")]
    private partial void LogFailed(Exception exception, MessageId message, int attempt);

    [LoggerMessage(213, LogLevel.Warning, "the body of the refused message {Message} could not be deleted")]
    private partial void LogBodyLeft(Exception exception, MessageId message);
}
