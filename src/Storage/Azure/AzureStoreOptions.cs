using System.Text.RegularExpressions;
using Azure.Data.Tables;
using Azure.Storage.Blobs;

namespace Orleans.Mail.Storage.Azure;

/// <summary>Which Azure Storage account is used, and how. Sizes are octets.</summary>
public sealed partial class AzureStoreOptions
{
    /// <summary>The connection string of an account, Azurite's too. Either this or <see cref="AccountName"/>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>An account whose keys nobody needs: managed identity, workload identity or the developer's own login.</summary>
    public string? AccountName { get; set; }

    /// <summary>Begins the names of tables and container: 3 to 40 small letters and digits, a letter first. Default: <c>mail</c>.</summary>
    public string Name { get; set; } = "mail";

    /// <summary>Bodies up to this size are rows, larger ones blobs. At most 64,000, since a property holds 64 KiB. Default: 60 KiB.</summary>
    public int SmallBody { get; set; } = 60 * 1024;

    /// <summary>A larger body is sent in blocks of this size, and a body in work takes so much memory. Default: 1 MiB.</summary>
    public int BlockSize { get; set; } = 1024 * 1024;

    /// <summary>How long one request may take; the service is told to give up then, too. Whole seconds. Default: 3 s.</summary>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Requests after a first one that failed for a passing reason. Default: 2.</summary>
    public int Retries { get; set; } = 2;

    /// <summary>The wait before the first repetition; each further one is three times as long. Default: 100 ms.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Connections to each service; further requests wait. Default: 256.</summary>
    public int MaxConnections { get; set; } = 256;

    /// <summary>How long the start waits for a service that is away. Default: 2 minutes, since who ends at once is started again at growing distances.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(2);

    internal string RowTable => $"{Name}rows";

    internal string BodyTable => $"{Name}bodies";

    internal string BodyContainer => $"{Name}-bodies";

    /// <summary>Whether a text can be <see cref="Name"/>.</summary>
    public static bool IsName(string name) => NamePattern().IsMatch(name);

    /// <summary>Whether a text can be <see cref="AccountName"/>.</summary>
    public static bool IsAccountName(string name) => AccountPattern().IsMatch(name);

    /// <summary>Whether a text is a connection string with tables, blobs and a key.</summary>
    public static bool IsConnectionString(string text)
    {
        try
        {
            _ = new TableServiceClient(text);
            _ = new BlobServiceClient(text);
            return AccountKey.Find(text) is not null;
        }
        catch (Exception malformed) when (malformed is FormatException or InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    /// <exception cref="ArgumentException">A value cannot work.</exception>
    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString) == string.IsNullOrWhiteSpace(AccountName))
            throw new ArgumentException("either a connection string or an account's name must be given");
        if (!IsName(Name))
            throw new ArgumentException($"'{Name}' is no name for tables");
        ArgumentOutOfRangeException.ThrowIfNegative(SmallBody);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SmallBody, 64_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(BlockSize, SmallBody);
        ArgumentOutOfRangeException.ThrowIfLessThan(BlockSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(NetworkTimeout, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfNegative(Retries);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StartTimeout, TimeSpan.Zero);
    }

    [GeneratedRegex("^[a-z][a-z0-9]{2,39}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[a-z0-9]{3,24}$", RegexOptions.CultureInvariant)]
    private static partial Regex AccountPattern();
}
