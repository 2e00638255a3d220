namespace Orleans.Mail.Protocols.Smtp;

/// <summary>How far a dialogue is.</summary>
public enum SmtpState
{
    /// <summary>No HELO or EHLO yet.</summary>
    Connected = 0,

    /// <summary>No transaction is open.</summary>
    Greeted,

    /// <summary>MAIL was accepted, no recipient yet.</summary>
    Sender,

    /// <summary>At least one recipient was accepted.</summary>
    Recipients,

    /// <summary>BDAT has brought a part of the message.</summary>
    Chunks,

    /// <summary>A chunk was refused: all up to the last are thrown away.</summary>
    ChunksRefused,
}
