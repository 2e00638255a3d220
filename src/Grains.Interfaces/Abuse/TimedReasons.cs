namespace Orleans.Mail;

/// <summary>Why an entry was made, as BLOCK LIST and TRACE LIST show it.</summary>
public static class TimedReasons
{
    /// <summary>Failed logins of the address.</summary>
    public const string Logins = "logins";

    /// <summary>Failed logins at the account.</summary>
    public const string Guarded = "guarded";

    /// <summary>Recipients that do not exist.</summary>
    public const string Probes = "probes";

    /// <summary>Failed logins and probes of many clients in one network of IPv6.</summary>
    public const string Site = "site";

    /// <summary>An operator wished it.</summary>
    public const string Operator = "operator";
}
