using System.Diagnostics;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Telemetry;

/// <summary>The spans that begin a trace. While nobody listens they are null and cost nothing.</summary>
internal static class GatewayTracing
{
    private static readonly ActivitySource Source = new("mail.gateway", Product.Version);

    /// <summary><c>smtp.data</c>: from DATA, or a chunk of BDAT, to the reply.</summary>
    public static Activity? StartMessage(MessageId id)
    {
        var span = Source.StartActivity("smtp.data", ActivityKind.Server);
        return span is null ? null : span.SetTag("mail.message.id", id.ToString());
    }

    /// <summary>What came of a message.</summary>
    public static void SetOutcome(this Activity? span, int recipients, long size, SmtpReply reply)
    {
        if (span is null)
            return;
        span.SetTag("mail.recipients", recipients).SetTag("mail.size", size).SetTag("mail.smtp.reply", reply.Code);
        if (reply.IsRefusal)
            span.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary><c>pop3.retr</c>: from RETR until the message is with the client's socket.</summary>
    public static Activity? StartRetrieval(MessageId id, long size)
    {
        var span = Source.StartActivity("pop3.retr", ActivityKind.Server);
        return span is null ? null : span.SetTag("mail.message.id", id.ToString()).SetTag("mail.size", size);
    }
}
