using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>A message while it comes in: its id, what is known of it, and its way into the store.</summary>
internal sealed record MessageIntake(MessageId Id, IncomingMessage Message, BodyUpload Upload)
{
    /// <summary>The reader of its chunks, when it comes by BDAT.</summary>
    public SmtpChunkReader Chunks { get; } = new(Message);
}
