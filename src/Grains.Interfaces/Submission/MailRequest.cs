namespace Orleans.Mail;

/// <summary>What a client asked for with MAIL beside the sender, as far as it goes on with the message.</summary>
[GenerateSerializer, Immutable, Alias("mail.MailRequest")]
public sealed record MailRequest
{
    /// <summary>Nothing.</summary>
    public static readonly MailRequest None = new();

    /// <summary>RET: how much of the message a failure report holds (RFC 3461 4.3).</summary>
    [Id(0)] public ReturnContent Return { get; init; }

    /// <summary>ENVID, decoded from xtext; empty when it was not given (RFC 3461 4.4).</summary>
    [Id(1)] public string EnvelopeId { get; init; } = "";

    /// <summary>The message holds octets over 127.</summary>
    [Id(2)] public bool Is8Bit { get; init; }

    /// <summary>SMTPUTF8: the next host must understand it when the envelope or the header needs it (RFC 6531).</summary>
    [Id(3)] public bool IsUtf8 { get; init; }

    /// <summary>The sender is known here: authenticated, may relay, or local. Others hear of failures only (SPEC 7).</summary>
    [Id(4)] public bool IsTrusted { get; init; }

    /// <summary>Who sends, for the daily cap: the login name, else the sender of ours; empty when it is neither.</summary>
    [Id(5)] public string Account { get; init; } = "";
}

/// <summary>RET (RFC 3461 4.3).</summary>
[GenerateSerializer, Alias("mail.ReturnContent")]
public enum ReturnContent
{
    /// <summary>Not given: the header.</summary>
    Default = 0,
    Full = 1,
    Headers = 2,
}

/// <summary>NOTIFY (RFC 3461 4.1).</summary>
[Flags]
[GenerateSerializer, Alias("mail.Notify")]
public enum Notify
{
    /// <summary>Not given: failures, and delays where they are told at all.</summary>
    Default = 0,
    Never = 1,
    Success = 2,
    Failure = 4,
    Delay = 8,
}
