namespace Orleans.Mail.Storage;

/// <summary>
/// The store is in trouble (disk full, I/O error, time-out, throttling): nothing was written, and the same call may
/// succeed later. What a client sees of it is temporary: 451, [SYS/TEMP].
/// </summary>
[GenerateSerializer, Alias("mail.StorageException")]
public sealed class StorageException : IOException
{
    public StorageException()
    {
    }

    public StorageException(string message)
        : base(message)
    {
    }

    public StorageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
