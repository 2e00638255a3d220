using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.Silo;

/// <summary>Which store the process uses, and where it is.</summary>
/// <param name="Folder">Storage:Path: the folder of the embedded store. Default: <c>./data</c>.</param>
internal sealed record StorageOptions(string Folder)
{
    public static StorageOptions From(Parameters parameters)
    {
        var provider = parameters.Text("Storage:Provider", "sqlite");
        if (provider is not ("sqlite" or "azure"))
            throw new ParameterException("Storage:Provider", provider, "sqlite or azure");
        return new(ServerFiles.From(parameters).Store);
    }

    public IServiceCollection AddTo(IServiceCollection services) => services.AddSqliteStore(sqlite => sqlite.Path = Folder);
}
