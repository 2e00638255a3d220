using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>What is done with a CR or LF that stands alone in a message.</summary>
public enum BareLineEnds
{
    /// <summary>The message is refused at its end.</summary>
    Refuse = 0,

    /// <summary>It becomes CRLF.</summary>
    Repair = 1,

    /// <summary>It becomes CRLF for clients that may relay, and is refused from strangers.</summary>
    RepairTrusted = 2,
}

/// <summary>How the gateway takes mail in.</summary>
public sealed record SmtpOptions
{
    /// <summary>PORT_SMTP: the port. Default: 25, as in the manual; 0 = any free one.</summary>
    public int Port { get; init; } = 25;

    /// <summary>PORT_SUBMISSION: the port of submission with STARTTLS; 0 = any free one. Default: none; 587 where there is a certificate of the operator's.</summary>
    public int? SubmissionPort { get; init; }

    /// <summary>PORT_SUBMISSIONS: the port of submission over TLS; 0 = any free one. Default: none; 465 where there is a certificate of the operator's.</summary>
    public int? SubmissionsPort { get; init; }

    /// <summary>QUEUE_SMTP: connections that wait to be accepted. Default: 512; the manual's 10 drops connections.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>Smtp:MaxMessageSize: octets of a message as the client sends it, 0 = no limit. Default: 100 MB.</summary>
    public long MaxMessageSize { get; init; } = 100 * 1024 * 1024;

    /// <summary>Smtp:BareLineEnds: refuse, repair or repair-trusted. Default: repair-trusted.</summary>
    public BareLineEnds BareLineEnds { get; init; } = BareLineEnds.RepairTrusted;

    /// <summary>Smtp:MaxRecipients: recipients of a message. Default: 1,000 (RFC 5321 4.5.3.1.8 asks for 100 at least).</summary>
    public int MaxRecipients { get; init; } = 1000;

    /// <summary>Smtp:MaxMessages: transactions on one connection. Default: 10,000.</summary>
    public int MaxMessages { get; init; } = 10_000;

    /// <summary>Smtp:SoftErrors: errors (5xx) since the last accepted message from which on replies to errors are delayed, each by a second more. Default: 20.</summary>
    public int SoftErrors { get; init; } = 20;

    /// <summary>Smtp:HardErrors: errors at which the session ends with 421. Default: 50.</summary>
    public int HardErrors { get; init; } = 50;

    /// <summary>Smtp:AllowBarePaths: whether MAIL and RCPT take an address without its angle brackets. Default: false.</summary>
    public bool AllowBarePaths { get; init; }

    /// <summary>Smtp:MinDataRate: octets a second that a message must bring over any minute, 0 = any. Default: 100.</summary>
    public int MinDataRate { get; init; } = 100;

    /// <summary>Smtp:BannerDelay, seconds: how long a stranger at port 25 must keep silent before the greeting; who does not is refused. Default: 0 = off; 5 s catch many, as with others (Postfix' postscreen_greet_wait is 6 s).</summary>
    public TimeSpan BannerDelay { get; init; }

    /// <summary>TIMEOUT_SMTP1: the wait for HELO. Default: 300 s.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>TIMEOUT_SMTP2: the wait for MAIL. Default: 300 s (RFC 5321 4.5.3.2.7).</summary>
    public TimeSpan MailTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>TIMEOUT_SMTP3: the wait for the first RCPT. Default: 300 s.</summary>
    public TimeSpan RcptTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>TIMEOUT_SMTP4: the wait for DATA or another RCPT. Default: 120 s.</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>TIMEOUT_SMTP5: the wait for the first octets of a message, and for the next chunk. Default: 600 s.</summary>
    public TimeSpan BlockTimeout { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Smtp:Auth: whether AUTH is offered on the SMTP port, too. Default: false.</summary>
    public bool Auth { get; init; }

    /// <summary>Submission:SenderMustBeOwn: whether who has authenticated may give only a sender of their own. Default: true.</summary>
    public bool SenderMustBeOwn { get; init; } = true;

    /// <summary>Smtp:Detail: whether <c>user+detail</c> is the user's when it does not exist itself. Default: true.</summary>
    public bool Detail { get; init; } = true;

    /// <summary>CFG_LOCALDOMAIN: the domain of bare <c>postmaster</c>. Default: none.</summary>
    public string LocalDomain { get; init; } = "";

    public static SmtpOptions From(Parameters parameters)
    {
        var defaults = new SmtpOptions();
        var soft = parameters.WholeNumber("Smtp:SoftErrors", defaults.SoftErrors, 1, 1_000_000);
        return new()
        {
            Port = parameters.Port("PORT_SMTP") ?? defaults.Port,
            SubmissionPort = parameters.TlsPort("PORT_SUBMISSION", 587),
            SubmissionsPort = parameters.TlsPort("PORT_SUBMISSIONS", 465),
            Backlog = parameters.WholeNumber("QUEUE_SMTP", defaults.Backlog, 1, 65_535),
            MaxMessageSize = parameters.Number("Smtp:MaxMessageSize", defaults.MaxMessageSize, 0, long.MaxValue),
            BareLineEnds = parameters.Choice("Smtp:BareLineEnds", defaults.BareLineEnds),
            MaxRecipients = parameters.WholeNumber("Smtp:MaxRecipients", defaults.MaxRecipients, 1, 100_000),
            MaxMessages = parameters.WholeNumber("Smtp:MaxMessages", defaults.MaxMessages, 1, int.MaxValue),
            SoftErrors = soft,
            HardErrors = parameters.WholeNumber("Smtp:HardErrors", Math.Max(defaults.HardErrors, soft), soft, int.MaxValue),
            AllowBarePaths = parameters.Switch("Smtp:AllowBarePaths", defaults.AllowBarePaths),
            MinDataRate = parameters.WholeNumber("Smtp:MinDataRate", defaults.MinDataRate, 0, 1_000_000),
            BannerDelay = parameters.Seconds("Smtp:BannerDelay", defaults.BannerDelay, TimeSpan.Zero, TimeSpan.FromSeconds(60)),
            HelloTimeout = Timeout(parameters, "TIMEOUT_SMTP1", defaults.HelloTimeout),
            MailTimeout = Timeout(parameters, "TIMEOUT_SMTP2", defaults.MailTimeout),
            RcptTimeout = Timeout(parameters, "TIMEOUT_SMTP3", defaults.RcptTimeout),
            DataTimeout = Timeout(parameters, "TIMEOUT_SMTP4", defaults.DataTimeout),
            BlockTimeout = Timeout(parameters, "TIMEOUT_SMTP5", defaults.BlockTimeout),
            Auth = parameters.Switch("Smtp:Auth", defaults.Auth),
            SenderMustBeOwn = parameters.Switch("Submission:SenderMustBeOwn", defaults.SenderMustBeOwn),
            Detail = parameters.Switch("Smtp:Detail", defaults.Detail),
            LocalDomain = parameters.Domain("CFG_LOCALDOMAIN") ?? "",
        };
    }

    private static TimeSpan Timeout(Parameters parameters, string name, TimeSpan fallback) =>
        parameters.Seconds(name, fallback, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
}
