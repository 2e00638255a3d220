using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Storage.Azure;
using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>Which store a process uses, and where it is: the silo's and the stand-alone gateway's.</summary>
public sealed record StorageSettings
{
    private const string NeedsAccount = "Storage:Provider = 'azure' needs Storage:ConnectionString or Storage:AccountName, one of them.";

    private StorageSettings()
    {
    }

    /// <summary>Storage:Provider: <c>azure</c>, the store of many processes, or <c>sqlite</c>, the embedded one of one process (default).</summary>
    public bool IsShared { get; private init; }

    /// <summary>Storage:Path: the folder of the embedded store, and of logs. Default: <c>./data</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Storage:Name: begins the names of tables and container. Default: <c>mail</c>.</summary>
    public required string Name { get; init; }

    private string? ConnectionString { get; init; }

    private string? AccountName { get; init; }

    /// <exception cref="ParameterException">A value is not allowed, or one is missing.</exception>
    public static StorageSettings From(Parameters parameters)
    {
        var provider = parameters.Text("Storage:Provider", "sqlite");
        var settings = new StorageSettings
        {
            IsShared = provider == "azure",
            Folder = Path.GetFullPath(parameters.Text("Storage:Path", "./data")),
            Name = parameters.Text("Storage:Name", "mail"),
            ConnectionString = parameters.Find("Storage:ConnectionString"),
            AccountName = parameters.Find("Storage:AccountName"),
        };
        if (!settings.IsShared && provider != "sqlite")
            throw new ParameterException("Storage:Provider", provider, "sqlite or azure");
        if (settings.IsShared)
            settings.Validate();
        return settings;
    }

    public IServiceCollection AddTo(IServiceCollection services) => IsShared
        ? services.AddAzureStore(azure => (azure.ConnectionString, azure.AccountName, azure.Name) = (ConnectionString, AccountName, Name))
        : services.AddSqliteStore(sqlite => sqlite.Path = Folder);

    private void Validate()
    {
        if (ConnectionString is null == AccountName is null)
            throw new ParameterException(NeedsAccount);
        if (!AzureStoreOptions.IsName(Name))
            throw new ParameterException("Storage:Name", Name, "3 to 40 small letters and digits, a letter first");
        if (AccountName is not null && !AzureStoreOptions.IsAccountName(AccountName))
            throw new ParameterException("Storage:AccountName must be 3 to 24 small letters and digits."); // what stands there may be a connection string, a secret
        if (ConnectionString is not null && !AzureStoreOptions.IsConnectionString(ConnectionString))
            throw new ParameterException("Storage:ConnectionString is no connection string of a storage account."); // its value is a secret
    }
}
