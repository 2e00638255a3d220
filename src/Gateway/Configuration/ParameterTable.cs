namespace Orleans.Mail.Gateway.Configuration;

/// <summary>
/// Every parameter there is. CONF SHOW and docs/configuration.md come from this table; the options classes read the
/// values, and tests hold their names, defaults and bounds against it.
/// </summary>
public static class ParameterTable
{
    /// <summary>The manual's parameters in its order, then ours.</summary>
    public static readonly IReadOnlyList<ParameterInfo> All = [.. ManualParameters.All, .. OwnParameters.All];

    /// <summary>The parameter of a name in any spelling and case; null when there is none.</summary>
    public static ParameterInfo? Find(string name) => All.FirstOrDefault(parameter => parameter.IsNamed(name));
}
