using System.Text;
using SQLitePCL;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>A prepared statement. Bind, step, read columns, and always reset: a statement left open keeps a read transaction.</summary>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    public Statement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(handle, index, value));
        return this;
    }

    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(handle, index, 0)
            : raw.sqlite3_bind_blob(handle, index, value));
        return this;
    }

    public Statement BindNull(int index)
    {
        Check(raw.sqlite3_bind_null(handle, index));
        return this;
    }

    /// <summary>Binds a partition, a key or another short ASCII text.</summary>
    public Statement Bind(int index, string text)
    {
        Span<byte> octets = stackalloc byte[text.Length];
        Check(raw.sqlite3_bind_text(handle, index, octets[..Encoding.ASCII.GetBytes(text, octets)]));
        return this;
    }

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool Step() => raw.sqlite3_step(handle) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        _ => throw database.Error(),
    };

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        try
        {
            Step();
        }
        finally
        {
            Reset();
        }
    }

    public void Reset() => raw.sqlite3_reset(handle); // its code repeats that of the last step

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    /// <summary>Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public void Dispose() => handle.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw database.Error();
    }
}
