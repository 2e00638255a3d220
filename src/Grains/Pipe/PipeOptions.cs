namespace Orleans.Mail.Grains;

/// <summary>How programs that aliases feed are run.</summary>
public sealed class PipeOptions
{
    /// <summary>Pipe:Programs: the programs that may run, absolute paths. Default: none.</summary>
    public IReadOnlyList<string> Programs { get; set; } = [];

    /// <summary>Pipe:User: the user that they run as; only root can choose one. Default: the server's own.</summary>
    public string? User { get; set; }

    /// <summary>Pipe:Concurrency: programs that run at a time on this silo. Default: 4.</summary>
    public int Concurrency { get; set; } = 4;

    /// <summary>Pipe:TimeLimit, seconds: how long a program may take. Default: 60 s.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Pipe:OutputLimit: octets of each output that reach the log; the rest is read and dropped. Default: 4,096.</summary>
    public int OutputLimit { get; set; } = 4096;

    /// <summary>Pipe:LineEnds: whether lines end with CRLF, as in mail, or with LF, as programs expect. Default: LF.</summary>
    public bool CrlfLineEnds { get; set; }

    /// <summary>How long a program that is stopped may take to end by itself, before it is killed. Default: 2 s.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(2);
}
