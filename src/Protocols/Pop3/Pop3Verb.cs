namespace Orleans.Mail.Protocols.Pop3;

/// <summary>The commands of POP3. What each takes and where it is legal stands in <see cref="Pop3Rules"/>.</summary>
public enum Pop3Verb
{
    Unknown = 0,
    Auth,
    Capa,
    Dele,
    List,
    Noop,
    Pass,
    Quit,
    Retr,
    Rset,
    Stat,
    Stls,
    Top,
    Uidl,
    User,
    Utf8,
}
