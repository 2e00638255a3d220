namespace Orleans.Mail.Storage;

/// <summary>Limits of the ports, the same for every backend and enforced by each.</summary>
public static class StoreLimits
{
    /// <summary>Characters of a partition or a key.</summary>
    public const int KeyLength = 400;

    /// <summary>Octets of a value.</summary>
    public const int ValueLength = 512 * 1024;

    /// <summary>Operations of a batch.</summary>
    public const int BatchOperations = 100;

    /// <summary>Octets of all values of a batch.</summary>
    public const int BatchLength = 2 * 1024 * 1024;

    /// <summary>Rows of a page.</summary>
    public const int PageRows = 1000;
}
