using Microsoft.Extensions.Configuration;

namespace Orleans.Mail.Gateway.Configuration;

/// <summary>Every parameter as it holds now, for CONF SHOW. Secrets are masked.</summary>
public sealed class ParameterReport(IConfiguration configuration)
{
    private const string Mask = "********";

    public IEnumerable<(ParameterInfo Parameter, ParameterSource Source)> Read() =>
        ParameterTable.All.Select(parameter => (parameter, Read(parameter)));

    private ParameterSource Read(ParameterInfo parameter)
    {
        if (ParameterSource.Find(configuration, parameter.Name) is not { Value.Length: > 0 } source)
            return new(parameter.Default, ParameterSource.Default);
        return parameter.IsSecret ? source with { Value = Mask } : source;
    }
}
