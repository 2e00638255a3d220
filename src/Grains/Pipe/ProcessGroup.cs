using System.Runtime.InteropServices;

namespace Orleans.Mail.Grains;

/// <summary>A program and the children that it has not moved elsewhere, which get their signals together.</summary>
/// <param name="leader">The process id of the program, which began the group.</param>
internal sealed partial class ProcessGroup(int leader)
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    /// <summary>Asks all of it to end.</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>Ends whatever of it still runs.</summary>
    public void Kill() => Signal(SigKill);

    // The only failure is that nobody is left (ESRCH): they are our own children.
    private void Signal(int signal) => _ = Kill(-leader, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processes, int signal);
}
