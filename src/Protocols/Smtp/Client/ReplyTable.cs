namespace Orleans.Mail.Protocols.Smtp.Client;

/// <summary>What a reply means for the message.</summary>
public enum ReplyMeaning
{
    /// <summary>On to the next step.</summary>
    Go = 0,

    /// <summary>To be tried again.</summary>
    Later,

    /// <summary>Not to be tried again.</summary>
    Failed,

    /// <summary>This host does not talk to us now: another may.</summary>
    OtherHost,

    /// <summary>This host takes no mail at all (RFC 7504): another may.</summary>
    NoMail,

    /// <summary>The host closes the connection (RFC 5321 3.8): another may go on.</summary>
    Closing,

    /// <summary>No server says that here.</summary>
    OutOfOrder,
}

/// <summary>The meaning of replies: step x code.</summary>
public static class ReplyTable
{
    private const int Unavailable = 421;
    private const int NoMail = 521;
    private const int NoMailForDomain = 556;
    private const int TooMuch = 552;

    public static ReplyMeaning Read(ClientStep step, PeerReply reply) => (step, reply) switch
    {
        // After the message's end there is nothing that another host could go on with.
        (ClientStep.EndOfData, { IsTemporary: true }) => ReplyMeaning.Later,
        (_, { Code: Unavailable }) => ReplyMeaning.Closing,

        // Before MAIL nothing is said about the message.
        ( < ClientStep.Mail, { Code: NoMail or NoMailForDomain }) => ReplyMeaning.NoMail,
        ( < ClientStep.Mail, { IsTemporary: true } or { IsPermanent: true }) => ReplyMeaning.OtherHost,

        // RFC 5321 4.5.3.1.10: old servers mean 452. One that says more with an enhanced status code means what it says.
        (ClientStep.Recipient, { Code: TooMuch, Enhanced: "" or "5.5.3" }) => ReplyMeaning.Later,

        (_, { IsTemporary: true }) => ReplyMeaning.Later,
        (_, { IsPermanent: true }) => ReplyMeaning.Failed,

        (ClientStep.Data, { IsIntermediate: true }) => ReplyMeaning.Go,
        (ClientStep.Data, _) => ReplyMeaning.OutOfOrder,
        (_, { IsPositive: true }) => ReplyMeaning.Go,
        _ => ReplyMeaning.OutOfOrder,
    };
}
