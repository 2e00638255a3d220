using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Orleans.Mail.Storage.Tests.Sqlite;

/// <summary>
/// A layer between SQLite and the file system that is the default one, except that writes and fsyncs of a log file ask
/// <see cref="DiskFaults"/> first. The structures are those of sqlite3.h: sqlite3_vfs and sqlite3_io_methods.
/// </summary>
internal static unsafe partial class FaultyVfs
{
    public const string Name = "faulty";

    private const int OpenWal = 0x00080000; // SQLITE_OPEN_WAL
    private const int Full = 13; // SQLITE_FULL
    private const int WriteError = 10 | (3 << 8); // SQLITE_IOERR_WRITE
    private const int SyncError = 10 | (4 << 8); // SQLITE_IOERR_FSYNC

    private static readonly ConcurrentDictionary<nint, DiskFaults> Files = new();
    private static readonly Vfs* Default;
    private static FileMethods* plain;
    private static FileMethods* faulty;

    static FaultyVfs()
    {
        Default = Find(null);
        var vfs = (Vfs*)NativeMemory.Alloc((nuint)sizeof(Vfs));
        *vfs = *Default;
        vfs->Name = (byte*)Marshal.StringToCoTaskMemUTF8(Name);
        vfs->Next = null;
        vfs->Open = &Open;
        if (Register(vfs, 0) != 0)
            throw new InvalidOperationException("no VFS");
    }

    /// <summary>Makes sure that it is there.</summary>
    public static string Use()
    {
        RuntimeHelpers.RunClassConstructor(typeof(FaultyVfs).TypeHandle);
        return Name;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, byte* name, SqliteFile* file, int flags, int* outFlags)
    {
        var code = Default->Open(Default, name, file, flags, outFlags);
        Files.TryRemove((nint)file, out _);
        if (code != 0 || (flags & OpenWal) == 0)
            return code;
        Files[(nint)file] = DiskFaults.Of(Path.GetDirectoryName(Marshal.PtrToStringUTF8((nint)name))!);
        lock (Files)
        {
            if (faulty == null)
            {
                plain = file->Methods;
                faulty = (FileMethods*)NativeMemory.Alloc((nuint)sizeof(FileMethods));
                *faulty = *plain;
                faulty->Write = &Write;
                faulty->Sync = &Sync;
            }
        }

        file->Methods = faulty;
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(SqliteFile* file, byte* bytes, int length, long offset)
    {
        return Files[(nint)file].Write(offset + length) switch
        {
            DiskAnswer.Full => Full,
            DiskAnswer.Error => WriteError,
            _ => plain->Write(file, bytes, length, offset),
        };
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(SqliteFile* file, int flags) =>
        Files[(nint)file].Sync() == DiskAnswer.Ok ? plain->Sync(file, flags) : SyncError;

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find", StringMarshalling = StringMarshalling.Utf8)]
    private static partial Vfs* Find(string? name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    private static partial int Register(Vfs* vfs, int makeDefault);

    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileLength;
        public int PathLength;
        public Vfs* Next;
        public byte* Name;
        public void* Data;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, SqliteFile*, int, int*, int> Open;
        public fixed long Others[15];
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct SqliteFile
    {
        public FileMethods* Methods;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FileMethods
    {
        public int Version;
        public void* Close;
        public void* Read;
        public delegate* unmanaged[Cdecl]<SqliteFile*, byte*, int, long, int> Write;
        public void* Truncate;
        public delegate* unmanaged[Cdecl]<SqliteFile*, int, int> Sync;
        public fixed long Others[13];
    }
}
