using static Orleans.Mail.Protocols.Manage.ManageKeys;

namespace Orleans.Mail.Protocols.Manage;

/// <summary>
/// All commands of the management protocol. The parser, the checks, HELP and docs/management.md come from this table; a
/// new command is a row here and a handler in the gateway.
/// </summary>
public static class ManageTable
{
    public static readonly ManageCommand Login = new(ManageFamily.Session, "LOGIN", "logs in; with two words the second is the password")
    {
        Words = ["[<anything>]", "<password>"],
    };

    public static readonly ManageCommand ChangePassword = new(
        ManageFamily.Session, "PASSWD", "changes the password of the management protocol", Form([Old, New]));

    public static readonly ManageCommand UserAdd = new(
        ManageFamily.User, "USER ADD", "adds a user to a local domain",
        Form([User, UserDomain], [Dir, Pass, Quota, Forward, Copy, UserMaxIn, UserMaxOut, State]));

    public static readonly ManageCommand UserModify = new(
        ManageFamily.User, "USER MOD", "changes a user; DOMAIN can be left out when only one domain has a user of that name; KEY= with nothing clears; NEWNAME and NEWDOMAIN give another name, and the mail stays with the user",
        Form([User], [UserDomain, Dir, Pass, Quota, Forward, Copy, UserMaxIn, UserMaxOut, State, NewName, NewDomain]));

    public static readonly ManageCommand UserList = new(
        ManageFamily.User, "USER LIST", "lists users; with NAME everything about the users of that name",
        Form([All]), Form([User], [UserDomain]), Form([UserDomain]));

    public static readonly ManageCommand UserDelete = new(
        ManageFamily.User, "USER DEL", "deletes a user and the user's mail", Form([User, UserDomain]));

    public static readonly ManageCommand DomainAdd = new(
        ManageFamily.Domain, "DOMAIN ADD", "adds a local domain",
        Form([DomainName], [DefaultMaxIn, DefaultMaxOut, DomainMaxIn, DomainMaxOut, DefaultMailbox, DefaultQuota, MaxUsers, InFooter, OutFooter, ShowFooter]));

    public static readonly ManageCommand DomainModify = new(
        ManageFamily.Domain, "DOMAIN MOD", "changes a local domain; KEY= with nothing clears",
        Form([DomainName], [DefaultMaxIn, DefaultMaxOut, DomainMaxIn, DomainMaxOut, DefaultMailbox, DefaultQuota, MaxUsers, InFooter, OutFooter, ShowFooter]));

    public static readonly ManageCommand DomainList = new(
        ManageFamily.Domain, "DOMAIN LIST", "lists the local domains; with NAME everything about one", Form([All]), Form([DomainName]));

    public static readonly ManageCommand DomainDelete = new(
        ManageFamily.Domain, "DOMAIN DEL", "deletes a local domain with its users and their mail", Form([DomainName]));

    public static readonly ManageCommand AliasAdd = new(
        ManageFamily.Alias, "ALIAS ADD", "adds an alias: another name of a mailbox, or a program's",
        Form([AliasName, AliasDomain, AliasForward]), Form([AliasName, AliasDomain, AliasPipe]));

    public static readonly ManageCommand AliasModify = new(
        ManageFamily.Alias, "ALIAS MOD", "gives an alias another target",
        Form([AliasName, AliasDomain, AliasForward]), Form([AliasName, AliasDomain, AliasPipe]));

    public static readonly ManageCommand AliasList = new(
        ManageFamily.Alias, "ALIAS LIST", "lists aliases; with NAME everything about one",
        Form([All]), Form([AliasName, AliasDomain]), Form([AliasDomain]));

    public static readonly ManageCommand AliasDelete = new(ManageFamily.Alias, "ALIAS DEL", "deletes an alias", Form([AliasName, AliasDomain]));

    public static readonly ManageCommand ListAdd = new(
        ManageFamily.List, "MLIST ADD", "adds a mailing list, and NAME-owner, the address of its administrators",
        Form([ListName, ListDomain], [Access, Members]));

    public static readonly ManageCommand ListModify = new(
        ManageFamily.List, "MLIST MOD", "changes a mailing list; who is a member already stays one",
        Form([ListName, ListDomain], [Access, Members]));

    public static readonly ManageCommand ListList = new(
        ManageFamily.List, "MLIST LIST", "lists mailing lists: address, ACCESS and MEMBERS, parted by TABs",
        Form([All]), Form([ListName, ListDomain]), Form([ListDomain]));

    public static readonly ManageCommand ListDelete = new(
        ManageFamily.List, "MLIST DEL", "deletes mailing lists with their members",
        Form([All]), Form([ListName, ListDomain]), Form([ListDomain]));

    public static readonly ManageCommand MemberAdd = new(
        ManageFamily.ListUser, "MLISTUSER ADD", "adds a member to a mailing list", Form([Member, MemberList, MemberListDomain], [MemberType]));

    public static readonly ManageCommand MemberModify = new(
        ManageFamily.ListUser, "MLISTUSER MOD", "changes the type of a member", Form([Member, MemberList, MemberListDomain, MemberType]));

    public static readonly ManageCommand MemberListing = new(
        ManageFamily.ListUser, "MLISTUSER LIST", "lists members: address, TYPE, list and how many mails came back, parted by TABs",
        Form([All]), Form([MemberList, MemberListDomain]));

    public static readonly ManageCommand MemberDelete = new(
        ManageFamily.ListUser, "MLISTUSER DEL", "removes a member of a mailing list, or all of them",
        Form([All]), Form([Member, MemberList, MemberListDomain]), Form([MemberList, MemberListDomain]));

    public static readonly ManageCommand DenyAdd = new(
        ManageFamily.Deny, "DENY ADD", "adds a deny entry; it holds on every gateway within 5 seconds",
        Form([DenyIpIn]), Form([DenyIpOut]), Form([DenyDomainIn]), Form([DenyDomainOut]), Form([DenyMailboxIn]), Form([DenyMailboxOut]));

    public static readonly ManageCommand DenyList = new(
        ManageFamily.Deny, "DENY LIST", "lists the deny entries of all kinds, each with its kind, or those of one kind",
        Form([All]), Form([AllIpIn]), Form([AllIpOut]), Form([AllDomainIn]), Form([AllDomainOut]), Form([AllMailboxIn]), Form([AllMailboxOut]));

    public static readonly ManageCommand DenyDelete = new(
        ManageFamily.Deny, "DENY DEL", "deletes all deny entries, those of one kind, or one entry",
        Form([All]), Form([AllIpIn]), Form([AllIpOut]), Form([AllDomainIn]), Form([AllDomainOut]), Form([AllMailboxIn]), Form([AllMailboxOut]),
        Form([DenyIpIn]), Form([DenyIpOut]), Form([DenyDomainIn]), Form([DenyDomainOut]), Form([DenyMailboxIn]), Form([DenyMailboxOut]));

    public static readonly ManageCommand QueueShow = new(
        ManageFamily.Queue,
        "QUEUE SHOW",
        "shows what waits: sender, recipient, entry, next attempt, last attempt, seconds, KB, attempts, status, id, lane and 'held', parted by TABs",
        QueueForms());

    public static readonly ManageCommand QueueResend = new(
        ManageFamily.Queue, "QUEUE RESEND", "makes what waits due now", QueueForms());

    public static readonly ManageCommand QueueHold = new(
        ManageFamily.Queue, "QUEUE HOLD", "holds back what waits: it is neither tried nor given up until it is released", QueueForms());

    public static readonly ManageCommand QueueRelease = new(
        ManageFamily.Queue, "QUEUE RELEASE", "lets go what is held; it is due now", QueueForms());

    public static readonly ManageCommand QueueDelete = new(
        ManageFamily.Queue, "QUEUE DEL", "gives up what waits; its senders get a report, with NODSN they do not", QueueForms(NoReport));

    public static readonly ManageCommand DnsCacheShow = new(
        ManageFamily.Dns,
        "DNS CACHE SHOW",
        "shows where the mail of domains goes: domain, MX, address, when it was asked for, TTL, seconds in the cache, Active or Not active; a line each address",
        Form([All]), Form([DnsDomain]));

    public static readonly ManageCommand DnsCacheFlush = new(
        ManageFamily.Dns, "DNS CACHE FLUSH", "forgets what DNS said about domains, and that their hosts could not be reached", Form([All]), Form([DnsDomain]));

    public static readonly ManageCommand DnsResolve = new(
        ManageFamily.Dns, "DNS RESOLV", "looks up where the mail of a domain goes, and shows it as DNS CACHE SHOW does", Form([DnsDomain]));

    public static readonly ManageCommand ConnectionsSmtp = new(
        ManageFamily.Connections,
        "CONN SMTP SHOW",
        "shows the SMTP sessions of all gateways: HELO name, address, sender, latest recipient, start, seconds, KB of the message so far, gateway",
        ManageForm.Empty);

    public static readonly ManageCommand ConnectionsPop3 = new(
        ManageFamily.Connections, "CONN POP3 SHOW", "shows the POP3 sessions of all gateways: user, address, start, seconds, gateway", ManageForm.Empty);

    public static readonly ManageCommand Status = new(
        ManageFamily.Status, "STATUS", "shows what the cluster is doing", ManageForm.Empty)
    {
        Alias = "STATS",
    };

    public static readonly ManageCommand Configuration = new(
        ManageFamily.Configuration, "CONF SHOW", "shows every parameter, its value and where it came from", ManageForm.Empty)
    {
        Alias = "CONF",
    };

    public static readonly ManageCommand StoreSweep = new(
        ManageFamily.Store, "STORE SWEEP", "finds and deletes message bodies that nobody holds", ManageForm.Empty);

    public static readonly ManageCommand MessageTrace = new(
        ManageFamily.Message,
        "MSG TRACE",
        "shows the fate of an accepted message: who took it, where each recipient's mail went, each attempt",
        Form([Message]));

    public static readonly ManageCommand BlockList = new(
        ManageFamily.Block,
        "BLOCK LIST",
        "shows what is blocked for a while: address, end and reason, parted by TABs; an account is not blocked but guarded: addresses that failed get no second try at it",
        ManageForm.Empty);

    public static readonly ManageCommand BlockDelete = new(
        ManageFamily.Block, "BLOCK DEL", "ends blocks, and forgets the failures that led to them; it holds on every gateway within 5 seconds",
        Form([BlockIp]), Form([BlockAccount]));

    public static readonly ManageCommand TraceAdd = new(
        ManageFamily.Trace,
        "TRACE ADD",
        "logs what a client and the gateways say to each other, without passwords and messages, for an hour; it begins on every gateway within 5 seconds",
        Form([TraceIp]));

    public static readonly ManageCommand TraceDelete = new(ManageFamily.Trace, "TRACE DEL", "ends a trace", Form([TraceIp]));

    public static readonly ManageCommand TraceList = new(ManageFamily.Trace, "TRACE LIST", "shows the traces: address and end, parted by a TAB", ManageForm.Empty);

    public static readonly ManageCommand Help = new(ManageFamily.Session, "HELP", "shows the commands, or those of one noun (also: <NOUN> HELP)")
    {
        Words = ["[<noun>]"],
    };

    public static readonly ManageCommand Quit = new(ManageFamily.Session, "QUIT", "ends the session", ManageForm.Empty)
    {
        Alias = "EXIT",
    };

    /// <summary>In the order of HELP.</summary>
    public static readonly IReadOnlyList<ManageCommand> Commands =
    [
        Login, ChangePassword,
        UserAdd, UserModify, UserList, UserDelete,
        DomainAdd, DomainModify, DomainList, DomainDelete,
        AliasAdd, AliasModify, AliasList, AliasDelete,
        ListAdd, ListModify, ListList, ListDelete,
        MemberAdd, MemberModify, MemberListing, MemberDelete,
        DenyAdd, DenyList, DenyDelete,
        QueueShow, QueueResend, QueueHold, QueueRelease, QueueDelete,
        DnsCacheShow, DnsCacheFlush, DnsResolve,
        ConnectionsSmtp, ConnectionsPop3,
        Status, Configuration, StoreSweep, MessageTrace,
        BlockList, BlockDelete, TraceAdd, TraceDelete, TraceList,
        Help, Quit,
    ];

    /// <summary>The commands that begin with a noun, given in any case.</summary>
    public static IReadOnlyList<ManageCommand> CommandsOf(string noun) =>
        [.. Commands.Where(command => command.Noun.Equals(noun, StringComparison.OrdinalIgnoreCase) || noun.Equals(command.Alias, StringComparison.OrdinalIgnoreCase))];

    private static ManageForm[] QueueForms(params ManageKey[] optional) =>
        [.. new[] { All, QueueMailbox, QueueDomain, QueueSender, Message }.Select(filter => Form([filter], optional))];

    private static ManageForm Form(IReadOnlyList<ManageKey> required, IReadOnlyList<ManageKey>? optional = null) => new(required, optional ?? []);
}
