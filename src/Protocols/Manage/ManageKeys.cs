using static Orleans.Mail.Protocols.Manage.ManageValueKind;

namespace Orleans.Mail.Protocols.Manage;

/// <summary>The parameters that commands share.</summary>
public static class ManageKeys
{
    public static readonly ManageKey All = new("ALL", Flag, "everything");

    public static readonly ManageKey User = new("NAME", Name, "the user's name, without the domain");
    public static readonly ManageKey UserDomain = new("DOMAIN", Domain, "the local domain of the user");
    public static readonly ManageKey Dir = new("DIR", Text, "the folder's name when the mailbox is exported; default: the user's name");
    public static readonly ManageKey Pass = new("PASS", Password, "the password; default: the user's name, with which the user can fetch mail only");
    public static readonly ManageKey Quota = new("QUOTA", Kilobytes, "space for the mailbox in KB; 0 = no limit; default: the domain's DEFQUOTA");
    public static readonly ManageKey Forward = new("FORWARD", Mailbox, "where the user's mail goes instead; nothing = no forwarding");
    public static readonly ManageKey Copy = new("COPY", Mailbox, "where a copy of the user's mail goes; nothing = no copy");
    public static readonly ManageKey UserMaxIn = new("MAXINMAILSIZE", Kilobytes, "the largest mail that the user can receive, in KB; 0 = no limit; default: the domain's DEFMAXINMAILSIZE");
    public static readonly ManageKey UserMaxOut = new("MAXOUTMAILSIZE", Kilobytes, "the largest mail that the user can send, in KB; 0 = no limit; default: the domain's DEFMAXOUTMAILSIZE");
    public static readonly ManageKey State = new("STATE", Switch, "off: no login, and mail is refused for the time being");

    public static readonly ManageKey DomainName = new("NAME", Domain, "the name of the domain");
    public static readonly ManageKey DefaultMaxIn = new("DEFMAXINMAILSIZE", Kilobytes, "copied as MAXINMAILSIZE to each user that is added to the domain");
    public static readonly ManageKey DefaultMaxOut = new("DEFMAXOUTMAILSIZE", Kilobytes, "copied as MAXOUTMAILSIZE to each user that is added to the domain");
    public static readonly ManageKey DomainMaxIn = new("MAXINMAILSIZE", Kilobytes, "the largest mail that the domain's users can receive, in KB; 0 = no limit");
    public static readonly ManageKey DomainMaxOut = new("MAXOUTMAILSIZE", Kilobytes, "the largest mail that the domain's users can send, in KB; 0 = no limit");
    public static readonly ManageKey DefaultMailbox = new("DEFMAILBOX", Mailbox, "where mail for names that do not exist goes; nothing = it is refused") { Alias = "DEFAULTMAILBOX" };
    public static readonly ManageKey DefaultQuota = new("DEFQUOTA", Kilobytes, "copied as QUOTA to each user that is added to the domain");
    public static readonly ManageKey MaxUsers = new("MAXUSERS", Count, "how many users the domain can have; 0 = no limit");
    public static readonly ManageKey InFooter = new("MAILINFOOTER", TextFile, "a file whose text goes on the end of mail that is delivered to the domain's mailboxes; it is read now, on the host of this gateway; nothing = none");
    public static readonly ManageKey OutFooter = new("MAILOUTFOOTER", TextFile, "a file whose text goes on the end of mail that the domain's mailboxes send; nothing = none");
    public static readonly ManageKey ShowFooter = new("SHOWFOOTER", Choice, "which footers are put on: incoming (1), outgoing (2) or both (3); nothing = those that have a file") { Choices = ["1", "2", "3"], MayBeEmpty = true };

    public static readonly ManageKey DenyIpIn = new("IPIN", Network, "an address that may not connect, or with a mask (194.30.30.11/16, 2001:db8::/32) all that begin with the same bits");
    public static readonly ManageKey DenyIpOut = new("IPOUT", Network, "an address, or addresses, that mail is not sent to");
    public static readonly ManageKey DenyDomainIn = new("DOMAININ", DomainPattern, "a domain whose senders are refused; .domain = its subdomains");
    public static readonly ManageKey DenyDomainOut = new("DOMAINOUT", DomainPattern, "a domain that mail is not sent to; .domain = its subdomains");
    public static readonly ManageKey DenyMailboxIn = new("MAILBOXIN", Address, "a sender who is refused");
    public static readonly ManageKey DenyMailboxOut = new("MAILBOXOUT", Address, "a recipient that mail is not sent to");
    public static readonly ManageKey AllIpIn = new("IPIN", Flag, "alone: all entries of that kind");
    public static readonly ManageKey AllIpOut = new("IPOUT", Flag, "alone: all entries of that kind");
    public static readonly ManageKey AllDomainIn = new("DOMAININ", Flag, "alone: all entries of that kind");
    public static readonly ManageKey AllDomainOut = new("DOMAINOUT", Flag, "alone: all entries of that kind");
    public static readonly ManageKey AllMailboxIn = new("MAILBOXIN", Flag, "alone: all entries of that kind");
    public static readonly ManageKey AllMailboxOut = new("MAILBOXOUT", Flag, "alone: all entries of that kind");

    public static readonly ManageKey NewName = new("NEWNAME", Name, "the user's new name");
    public static readonly ManageKey NewDomain = new("NEWDOMAIN", Domain, "the local domain to which the user moves with all mail");

    public static readonly ManageKey AliasName = new("NAME", Name, "the alias's name, without the domain");
    public static readonly ManageKey AliasDomain = new("DOMAIN", Domain, "the local domain of the alias");
    public static readonly ManageKey AliasForward = new("FORWARD", Address, "where the alias's mail goes: an address, local or remote");
    public static readonly ManageKey AliasPipe = new("PIPE", Program, "the program that the alias's mail is fed to; in quotes when it has arguments");

    public static readonly ManageKey ListName = new("NAME", Name, "the list's name, without the domain");
    public static readonly ManageKey ListDomain = new("DOMAIN", Domain, "the local domain of the list");
    public static readonly ManageKey Access = new("ACCESS", Choice, "who may post: 1 = anyone, 2 = members, 4 = administrators; default: 2") { Choices = ["1", "2", "4"] };
    public static readonly ManageKey Members = new("MEMBERS", Choice, "who can be a member: 1 = any mailbox, 2 = those of local domains, 4 = those of the list's own domain; default: 1") { Choices = ["1", "2", "4"] };

    public static readonly ManageKey Member = new("MAILBOX", Address, "the member's address, local or remote");
    public static readonly ManageKey MemberList = new("MLISTNAME", Name, "the list's name, without the domain");
    public static readonly ManageKey MemberListDomain = new("MLISTDOMAIN", Domain, "the local domain of the list");
    public static readonly ManageKey MemberType = new("TYPE", Choice, "1 = member, 2 = administrator, who is a member, too; default: 1") { Choices = ["1", "2"] };

    public static readonly ManageKey QueueMailbox = new("MAILBOX", Address, "the recipient's address, where the mail goes");
    public static readonly ManageKey QueueDomain = new("DOMAIN", Domain, "the recipients' domain");
    public static readonly ManageKey QueueSender = new("SENDER", Sender, "the sender's address; <> = reports, which have none");
    public static readonly ManageKey Message = new("ID", MessageId, "the message's id, as the reply to its end told it, and the log and its Received field");
    public static readonly ManageKey NoReport = new("NODSN", Flag, "no report to the senders");

    public static readonly ManageKey DnsDomain = new("DOMAIN", Domain, "a domain that mail is sent to");

    public static readonly ManageKey BlockIp = new("IP", Network, "a blocked address (of IPv6 its /64 is blocked, or its /48 with it), or with a mask all that are blocked among them");
    public static readonly ManageKey BlockAccount = new("MAILBOX", Address, "an account that is guarded");
    public static readonly ManageKey TraceIp = new("IP", Network, "a client's address; of IPv6 its /64 is possible");

    public static readonly ManageKey Old = new("OLD", Password, "the password of the management protocol until now");
    public static readonly ManageKey New = new("NEW", Password, "the new one");
}
