using System.Runtime.InteropServices;

namespace Orleans.Mail.TestKit.Processes;

/// <summary>Signals to processes that the tests started.</summary>
public static partial class Signal
{
    public const int Terminate = 15;

    // Linux numbers; the tests that hold processes run there only.
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Throws when there is no such process.</summary>
    public static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0)
            throw new InvalidOperationException($"signal {signal} did not reach process {process}: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
