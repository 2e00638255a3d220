namespace Orleans.Mail.Protocols.Smtp.Client;

/// <summary>What a client waits for.</summary>
public enum ClientStep
{
    /// <summary>The connection.</summary>
    Connect = 0,

    /// <summary>The greeting.</summary>
    Banner,

    /// <summary>The answer to EHLO or HELO.</summary>
    Hello,

    /// <summary>The answer to STARTTLS, and the handshake.</summary>
    StartTls,

    /// <summary>The answers to AUTH.</summary>
    Auth,

    /// <summary>The answer to MAIL.</summary>
    Mail,

    /// <summary>The answer to an RCPT.</summary>
    Recipient,

    /// <summary>The answer to DATA.</summary>
    Data,

    /// <summary>The answer to the message's end.</summary>
    EndOfData,

    /// <summary>The answer to RSET.</summary>
    Reset,
}

public static class ClientStepNames
{
    /// <summary>The step as a status names it.</summary>
    public static string Name(this ClientStep step) => step switch
    {
        ClientStep.Connect => "the connection",
        ClientStep.Banner => "the greeting",
        ClientStep.Hello => "EHLO",
        ClientStep.StartTls => "STARTTLS",
        ClientStep.Auth => "AUTH",
        ClientStep.Mail => "MAIL",
        ClientStep.Recipient => "RCPT",
        ClientStep.Data => "DATA",
        ClientStep.EndOfData => "the end of the message",
        _ => "RSET",
    };
}
