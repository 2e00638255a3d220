namespace Orleans.Mail.Grains;

/// <summary>The router.</summary>
public sealed class SubmissionOptions
{
    /// <summary>How often a message is passed on by aliases, forwards and lists until that is a loop. Default: 10 (SPEC 2).</summary>
    public int MaxHops { get; set; } = 10;

    /// <summary>Addresses that are looked at for one recipient, on all its ways together; more is a loop. Default: 500.</summary>
    public int MaxVisits { get; set; } = 500;

    /// <summary>Smtp:Detail: whether <c>user+detail</c> goes to <c>user</c> when it does not exist itself. Default: true.</summary>
    public bool Detail { get; set; } = true;

    /// <summary>CFG_POSTMASTER: who gets a postmaster's mail where no such name exists. Default: nobody.</summary>
    public MailAddress? Postmaster { get; set; }

    /// <summary>Queue:DailyCap: recipients elsewhere that an account may have in a day (UTC); what is over it is held until an operator releases it. Zero = no cap. Default: 0.</summary>
    public int DailyCap { get; set; }

    /// <summary>Mailboxes that one message is delivered to at a time. Default: 32.</summary>
    public int Width { get; set; } = 32;

    /// <summary>After this time no further delivery of a message begins; its recipients are to be tried again. Default: 8 s, below the 10 s of Submit.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(8);
}
