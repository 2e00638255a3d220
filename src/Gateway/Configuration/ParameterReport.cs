using Microsoft.Extensions.Configuration;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Configuration;

/// <summary>Every parameter as it holds now, for CONF SHOW. Secrets are masked.</summary>
public sealed class ParameterReport(IConfiguration configuration, GatewayOptions gateway)
{
    private const string Mask = "********";

    public IEnumerable<(ParameterInfo Parameter, ParameterSource Source)> Read() =>
        ParameterTable.All.Select(parameter => (parameter, Read(parameter)));

    private ParameterSource Read(ParameterInfo parameter)
    {
        if (ParameterSource.Find(configuration, parameter.Name) is not { Value.Length: > 0 } source)
            return new(DefaultOf(parameter), ParameterSource.Default);
        return parameter.IsSecret ? source with { Value = Mask } : source;
    }

    /// <summary>The default as it holds on this machine and in this environment.</summary>
    private string DefaultOf(ParameterInfo parameter) => parameter.Name switch
    {
        "Gateway:HostName" => gateway.HostName,
        "Gateway:Bind" => gateway.Bind.ToString(),
        "CFG_LOCALIP" when new Parameters(configuration).Switch("DOTNET_RUNNING_IN_CONTAINER", false) => "",
        _ => parameter.Default,
    };
}
