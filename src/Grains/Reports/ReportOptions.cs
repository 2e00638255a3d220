namespace Orleans.Mail.Grains;

/// <summary>Reports to senders (RFC 3464).</summary>
public sealed class ReportOptions
{
    /// <summary>Gateway:HostName: who reports. Default: localhost.</summary>
    public string HostName { get; set; } = "localhost";

    /// <summary>FILE_DSN_FAIL: a file with the text of the report of a failure. Default: the text that is built in.</summary>
    public string? FailureFile { get; set; }

    /// <summary>FILE_DSN_DELA: a file with the text of the report of a delay. Default: the text that is built in.</summary>
    public string? DelayFile { get; set; }

    /// <summary>Octets of a text file at most. Default: 64 KiB.</summary>
    public int MaxTextSize { get; set; } = 64 * 1024;

    /// <summary>Octets of the message's header that a report holds at most. Default: 64 KiB.</summary>
    public int MaxHeaderSize { get; set; } = 64 * 1024;

    /// <summary>Octets of a message that is returned whole when RET=FULL asks for it; of a larger one the header is. Default: 1 MiB.</summary>
    public int MaxReturnedSize { get; set; } = 1024 * 1024;

    /// <summary>Recipients that the text names; the part for programs names all. Default: 50.</summary>
    public int MaxNamed { get; set; } = 50;
}
