namespace Orleans.Mail.Grains;

/// <summary>What must hold before programs can be fed.</summary>
public static class PipeRequirements
{
    /// <summary>The parameter that cannot be followed on this host, and what it may be; null when all is well.</summary>
    public static (string Parameter, string Value, string Allowed)? Check(PipeOptions options)
    {
        if (options.Programs.Count == 0)
            return null;
        if (options.Programs.FirstOrDefault(program => !Path.IsPathRooted(program) || Path.GetFullPath(program) != program) is { } relative)
            return ("Pipe:Programs", relative, "absolute paths without . and .., parted by commas");
        if (!PipeLauncher.IsSupported)
            return ("Pipe:Programs", string.Join(',', options.Programs), "nothing on this host, which is not Linux or has no setsid");
        if (options.User is null && Environment.IsPrivilegedProcess)
            return ("Pipe:User", "", "the user that programs run as, since the server runs as root");
        return PipeLauncher.CanRunAs(options.User)
            ? null
            : ("Pipe:User", options.User ?? "", "a user of this host, and the server must run as root to become another one");
    }
}
