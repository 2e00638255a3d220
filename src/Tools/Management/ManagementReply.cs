namespace Orleans.Mail.Tools.Management;

/// <summary>A reply of the management protocol.</summary>
/// <param name="Data">Its data lines.</param>
/// <param name="Status">Its status line.</param>
internal sealed record ManagementReply(IReadOnlyList<string> Data, string Status)
{
    /// <summary>Whether the server did it.</summary>
    public bool IsDone => Status.StartsWith("OK", StringComparison.Ordinal);
}
