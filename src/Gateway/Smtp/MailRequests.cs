using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Gateway.Relaying;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>Makes of what a client said with MAIL, and of what it may do, what goes on with the message.</summary>
internal sealed class MailRequests(DomainDirectory domains)
{
    /// <summary>
    /// Whether the client is trusted is asked of the cluster only when it wants reports that others do not get: plain mail
    /// makes no call. Throws when the cluster does not answer.
    /// </summary>
    public ValueTask<MailRequest> MakeAsync(SmtpTransaction transaction, IncomingMessage message, RelayRight relay)
    {
        var known = transaction.IsRelayed || relay.IsKnownToBeHeld;
        return known || !transaction.AsksForReports
            ? ValueTask.FromResult(Make(transaction, message, known))
            : AskAsync(transaction, message, relay);
    }

    private async ValueTask<MailRequest> AskAsync(SmtpTransaction transaction, IncomingMessage message, RelayRight relay) =>
        Make(transaction, message, await relay.IsHeldAsync());

    private MailRequest Make(SmtpTransaction transaction, IncomingMessage message, bool isTrusted)
    {
        var reports = transaction.Reports;
        if (reports is null && !message.Is8Bit && !transaction.Utf8 && !isTrusted)
            return MailRequest.None;
        return new MailRequest
        {
            Return = reports?.Return switch
            {
                SmtpReturn.Full => ReturnContent.Full,
                SmtpReturn.Headers => ReturnContent.Headers,
                _ => ReturnContent.Default,
            },
            EnvelopeId = reports?.EnvelopeId ?? "",
            Is8Bit = message.Is8Bit,
            IsUtf8 = transaction.Utf8,
            IsTrusted = isTrusted,
            Account = transaction.User?.Key ?? (isTrusted ? AccountOf(transaction.Sender) : ""),
        };
    }

    private string AccountOf(SmtpPath sender) =>
        MailAddress.TryCreate(sender.Local, sender.Domain, out var address) && domains.Contains(address.Domain) ? address.Key : "";
}
