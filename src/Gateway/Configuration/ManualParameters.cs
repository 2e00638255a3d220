namespace Orleans.Mail.Gateway.Configuration;

/// <summary>The manual's table of parameters, in its order.</summary>
internal static class ManualParameters
{
    private const string InStore = "no effect here: it is kept in the store, see Storage:Path";
    private const string Buffers = "no effect here: buffers grow and shrink with their use";
    private const string Prefixes = "IP addresses or address/length parted by commas";

    public static readonly IReadOnlyList<ParameterInfo> All =
    [
        Port("PORT_SMTP", "25", "port of SMTP; 0 = any free one"),
        Port("PORT_POP3", "110", "port of POP3; 0 = any free one"),
        Port("PORT_REMT", "4501", "port of the management protocol; 0 = any free one"),

        Number("CFG_LOG_LEVEL", "3", 0, 5, "0 nothing, 1 errors, 2 warnings, 3 a line for each message, 4 sessions, 5 the protocols without secrets"),

        Unused("FILE_USER_DATA", "/home/eXtremail/data/user_data", "users", InStore),
        Unused("FILE_DOMAIN_DATA", "/home/eXtremail/data/domain_data", "domains", InStore),
        Unused("FILE_ALIAS_DATA", "/home/eXtremail/data/alias_data", "aliases", InStore),
        Unused("FILE_DENY_DATA", "/home/eXtremail/data/deny_data", "deny entries", InStore),
        new("FILE_DSN_FAIL", "(built in)", "text of the report of a failed delivery, see reports.md") { Allowed = "a file" },
        new("FILE_DSN_DELA", "(built in)", "text of the report of a delayed delivery, see reports.md") { Allowed = "a file" },
        new("FILE_PID", "(pid under Storage:Path)", "file with the id of the running process, for smtpd start, stop and status") { Allowed = "a file" },
        Unused("FILE_LOGIN", "/home/eXtremail/data/remt_login", "password of the management protocol", InStore),

        new("DIR_LOG", "(log under Storage:Path)", "folder of the daily log files") { Allowed = "a folder" },
        Unused("DIR_USER_MBOX", "/home/eXtremail/mbox/", "mailboxes", InStore),
        Unused("DIR_QUEUE_MBOX", "/home/eXtremail/queue/", "queued mail", InStore),
        Unused("DIR_TMP", "/home/eXtremail/tmp/", "temporary files", InStore),

        Backlog("QUEUE_SMTP", "SMTP"),
        Backlog("QUEUE_POP3", "POP3"),
        Backlog("QUEUE_REMT", "the management protocol"),

        Seconds("TIMEOUT_SMTP1", "300", "SMTP: the wait for HELO or EHLO; when sending for the greeting, the answer to EHLO, and TLS"),
        Seconds("TIMEOUT_SMTP2", "300", "SMTP: the wait for MAIL; when sending for its answer"),
        Seconds("TIMEOUT_SMTP3", "300", "SMTP: the wait for RCPT; when sending for its answer"),
        Seconds("TIMEOUT_SMTP4", "120", "SMTP: the wait for DATA; when sending for its answer"),
        Seconds("TIMEOUT_SMTP5", "600", "SMTP: the wait for a block of the message; when sending for the answer to its end"),
        Seconds("TIMEOUT_POP3", "600", "POP3: the wait for a whole command line"),
        Seconds("TIMEOUT_REMT", "60", "management protocol: the wait for a whole line"),
        Seconds("TIMEOUT_SOCK", "60", "the wait for a connection to another host") with { Spelling = "TIMEOUT SOCK" },
        Number("TIMEOUT_DNS", "60", 1, 80, "a DNS look-up with all its repeats, in seconds"),

        Unused("BUFFER_SOCK", "10000", "octets read from a socket at a time", Buffers) with { Spelling = "BUFFER SOCK" },
        Unused("BUFFER_MAIL", "10000", "octets read from a file at a time", Buffers),

        Number("CFG_NUM_QUEUE", "10", 1, 64, "shards of the queue, which spread over the silos by themselves; it may be changed with mail queued"),
        Number("CFG_MIN_QUEUE", "10", 0, 1440, "minutes to the first retry; each further one waits twice as long, at most 4 hours"),
        Unused("CFG_MIN_CONTROL", "5", "minutes between rounds of the control thread", "no effect here: there is no control thread, work is done when it is due"),
        Number("CFG_HOR_RETRY_MAIL", "48", 1, 8760, "hours until a mail that cannot be sent is given up; the ids of deleted messages are remembered for a day longer"),
        Number("CFG_ANTI_RELY", "1", 0, 2, "who may send mail to other domains: 0 everyone (see Relay:ConfirmOpen), 1 the addresses in CFG_LOCALIP, 2 those and addresses that logged in by POP3 a while ago")
            with { Spelling = "CFG_ANTIRELY" },
        Number("CFG_RELY_TIMEOUT", "15", 1, 10_080, "minutes that a POP3 login permits its address (IPv6: its /64) to relay"),
        new("CFG_POSTMASTER", "(postmaster at CFG_LOCALDOMAIN)", "who gets mail for postmaster where there is no such name") { Allowed = "an address" },
        new("CFG_LOCALDOMAIN", "", "completes login names that have no domain; nothing = they are refused") { Allowed = "a domain" },
        new("CFG_LOCALIP", "127.0.0.1", "addresses that may relay; 127.0.0.1 stands for ::1 too; in containers none is the default") { Allowed = Prefixes },
    ];

    private static ParameterInfo Port(string name, string fallback, string meaning) => Number(name, fallback, 0, 65_535, meaning);

    private static ParameterInfo Backlog(string name, string protocol) =>
        Number(name, "512", 1, 65_535, $"connections to {protocol} that wait to be accepted; the manual's 10 drops connections");

    private static ParameterInfo Seconds(string name, string fallback, string meaning) => Number(name, fallback, 1, 86_400, $"{meaning}, in seconds");

    private static ParameterInfo Number(string name, string fallback, long min, long max, string meaning) =>
        new(name, fallback, meaning) { Range = (min, max) };

    private static ParameterInfo Unused(string name, string fallback, string meaning, string reason) =>
        new(name, fallback, meaning) { NoEffect = reason };
}
