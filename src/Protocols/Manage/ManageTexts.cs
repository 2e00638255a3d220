namespace Orleans.Mail.Protocols.Manage;

/// <summary>The texts of all status lines. Their codes: <see cref="ManageFamily"/> and <see cref="ManageEnding"/>.</summary>
public static class ManageTexts
{
    private const int QuotedLength = 80;

    // 01 syntax
    public static string LineTooLong => $"the line is longer than {ManageLineReader.MaxLength} octets";
    public const string LineNotText = "the line is not UTF-8";
    public const string ControlCharacter = "the line holds a control character";
    public const string QuoteNotClosed = "a quote is not closed";
    public const string QuoteMisplaced = "a quote may only begin a parameter or its value, and end it";
    public const string NameMissing = "a parameter has no name before its '='";
    public static string UnknownKey(string key) => $"unknown parameter {Quote(key)}";
    public static string RepeatedKey(string key) => $"{key} is given twice";
    public static string NeedsValue(string key) => $"{key} needs a value: {key}=...";
    public static string TakesNoValue(string key) => $"{key} takes no value";
    public static string Conflict(string key, string forms) => $"{key} does not go with the others: {forms}";
    public static string TooManyWords(string syntax) => $"too many words: {syntax}";

    // 02 missing
    public static string Missing(string what) => $"missing parameter: {what}";
    public static string Ambiguous(string user, string domains) => $"missing parameter: DOMAIN=<domain>, since {Quote(user)} is in {domains}";
    public const string NothingToChange = "missing parameter: nothing to change";

    // 03 and 04
    public static string NoUser(string user) => $"no user {Quote(user)}";
    public static string NoDomain(string domain) => $"no domain {Quote(domain)}";
    public static string NoAlias(string alias) => $"no alias {Quote(alias)}";
    public static string NoList(string list) => $"no mailing list {Quote(list)}";
    public static string NoMember(string member, string list) => $"{Quote(member)} is no member of {Quote(list)}";
    public static string NotCached(string domain) => $"{Quote(domain)} is not in the cache";
    public static string NoEntry(string entry) => $"no deny entry {Quote(entry)}";
    public static string NotBlocked(string subject) => $"{Quote(subject)} is not blocked";
    public static string NotTraced(string address) => $"{Quote(address)} is not traced";
    public static string NoMessage(string id) => $"no message {Quote(id)}: neither the queue nor a gateway remembers it, the log may";
    public static string Exists(string name) => $"{Quote(name)} exists already";
    public static string Taken(string name, string kind) => $"{Quote(name)} exists already: it is {kind}";
    public static string MemberAlready(string member, string list) => $"{Quote(member)} is a member of {Quote(list)} already";

    // 05
    public static string BadValue(string key, string value, string allowed) => $"{key}={Quote(value)} is not allowed: it must be {allowed}";
    public static string BadSecret(string key, string allowed) => $"this {key} is not allowed: it must be {allowed}";

    // 06
    public const string LoginFirst = "LOGIN first";
    public const string LoginIncorrect = "login incorrect";
    public const string OldIncorrect = "OLD is not the password";
    public const string TimedOut = "no command in time, closing";
    public const string TooManyTraces = "there are as many traces as there may be, TRACE DEL one";
    public static string DomainFull(string domain) => $"the domain {Quote(domain)} has as many users as its MAXUSERS";

    public static string NotLocal(string member, string list) => $"{Quote(member)} is not in a local domain, as MEMBERS=2 of {Quote(list)} demands";
    public static string NotOwn(string member, string list) => $"{Quote(member)} is not in the list's own domain, as MEMBERS=4 of {Quote(list)} demands";

    // 07
    public const string Trouble = "the store or the cluster is in trouble, try again";
    public static string DnsTrouble(string domain, string cause) => $"DNS is in trouble with {Quote(domain)}, try again: {cause}";
    public const string ChangedMeanwhile = "changed by somebody else meanwhile, try again";
    public const string Stopping = "the server is stopping, try again";
    public const string TooManyLogins = "too many logins of your address at a time, try again";

    public const string TooManyConnections = "too many connections, try again";

    // 08
    public static string UnknownCommand(string word) => $"unknown command {Quote(word)}, try HELP";
    public static string UnknownVerb(string noun, string verbs) => $"{noun} needs one of {verbs}";

    // 00
    public static string Greeting(string version) => $"eXtremail V1.1 release 10 REMote management (Orleans.Mail V{version}) ...";
    public const string LoggedIn = "logged in";
    public const string PasswordChanged = "password changed";
    public const string Bye = "bye";
    public const string End = "end";
    public static string Added(string name) => $"{name} added";
    public static string Changed(string name) => $"{name} changed";
    public static string Deleted(string name) => $"{name} deleted";
    public static string Moved(string name, string to) => $"{name} is now {to}";
    public static string DeletedMany(long count) => count == 1 ? "1 deleted" : $"{count} deleted";
    public static string Traced(string address, string until) => $"{address} is traced until {until}";
    public static string Flushed(string domain) => $"{domain} forgotten";
    public static string FlushedMany(long count) => $"{count} forgotten";
    public static string Emptied(string list) => $"all members of {list} deleted";
    public static string EmptiedMany(long count) => count == 1 ? "all members of 1 list deleted" : $"all members of {count} lists deleted";
    public static string MemberAdded(string member, string list) => $"{member} added to {list}";
    public static string MemberChanged(string member, string list) => $"{member} of {list} changed";
    public static string MemberDeleted(string member, string list) => $"{member} deleted from {list}";
    public static string ResentMany(long count) => $"{count} due now";
    public static string HeldMany(long count) => $"{count} held";
    public static string ReleasedMany(long count) => $"{count} released";
    public static string ListedWithout(long count, string silent) => $"{count} listed, without those of {silent}: no answer";
    public static string Listed(long count) => count == 1 ? "1 listed" : $"{count} listed";

    /// <summary>What a client sent, as a reply repeats it: short. Control characters are escaped by <see cref="ManageReplyWriter"/>.</summary>
    public static string Quote(string text) => text.Length <= QuotedLength ? $"'{text}'" : $"'{text.AsSpan(0, QuotedLength)}...'";
}
