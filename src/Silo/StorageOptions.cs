using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.Silo;

/// <summary>Which store the process uses, and where it is.</summary>
/// <param name="Folder">Storage:Path: the folder of the embedded store. Default: <c>./data</c>.</param>
internal sealed record StorageOptions(string Folder)
{
    public static StorageOptions From(Parameters parameters)
    {
        // SPEC 10 names azure too; it comes with the cluster mode.
        var provider = parameters.Text("Storage:Provider", "sqlite");
        if (provider != "sqlite")
            throw new ParameterException("Storage:Provider", provider, "sqlite");
        return new(ServerFiles.From(parameters).Store);
    }

    public IServiceCollection AddTo(IServiceCollection services) => services.AddSqliteStore(sqlite => sqlite.Path = Folder);
}
