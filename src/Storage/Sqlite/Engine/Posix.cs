using System.Runtime.InteropServices;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>What .NET has no call for.</summary>
internal static partial class Posix
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000; // O_CLOEXEC on Linux

    /// <summary>Makes the names in a folder durable: a new file's own fsync does not.</summary>
    public static void FlushFolder(string path)
    {
        if (!OperatingSystem.IsLinux())
            return; // NTFS journals names; other systems are for development
        var descriptor = Open(path, ReadOnly | CloseOnExec);
        if (descriptor < 0)
            throw Error(path);
        try
        {
            if (Fsync(descriptor) < 0)
                throw Error(path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Gives a file a second name; false when that cannot be (another file system, another owner).</summary>
    public static bool TryLink(string existing, string name) => OperatingSystem.IsLinux() && Link(existing, name) == 0;

    private static IOException Error(string path) =>
        new($"the folder {path} cannot be flushed: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string existing, string name);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
