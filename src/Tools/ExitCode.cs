namespace Orleans.Mail.Tools;

/// <summary>What a tool ends with (SPEC 11).</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The server or the system refused; the reason is on standard error.</summary>
    public const int Refused = 1;

    /// <summary>The command line is not one of ours.</summary>
    public const int Usage = 2;
}
