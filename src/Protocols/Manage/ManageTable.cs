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
        ManageFamily.User, "USER MOD", "changes a user; DOMAIN can be left out when only one domain has a user of that name; KEY= with nothing clears",
        Form([User], [UserDomain, Dir, Pass, Quota, Forward, Copy, UserMaxIn, UserMaxOut, State]));

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
        DenyAdd, DenyList, DenyDelete,
        ConnectionsSmtp, ConnectionsPop3,
        Status, Configuration, StoreSweep,
        Help, Quit,
    ];

    /// <summary>The commands that begin with a noun, given in any case.</summary>
    public static IReadOnlyList<ManageCommand> CommandsOf(string noun) =>
        [.. Commands.Where(command => command.Noun.Equals(noun, StringComparison.OrdinalIgnoreCase) || noun.Equals(command.Alias, StringComparison.OrdinalIgnoreCase))];

    private static ManageForm Form(IReadOnlyList<ManageKey> required, IReadOnlyList<ManageKey>? optional = null) => new(required, optional ?? []);
}
