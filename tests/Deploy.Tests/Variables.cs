using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Deploy.Tests;

/// <summary>Environment variables, which are our parameters or somebody else's.</summary>
internal static class Variables
{
    private static readonly string[] Others = ["ASPNETCORE_HTTP_PORTS", "DOTNET_EnableDiagnostics", "OMAIL_PASSWORD", "Silo__Address"];

    /// <summary>The parameter that a variable sets; null when it sets none of ours.</summary>
    public static ParameterInfo? ParameterOf(string variable) => ParameterTable.Find(variable.Replace("__", ":", StringComparison.Ordinal));

    /// <summary>Every variable is one that somebody reads, and one of ours has a value that is in its range.</summary>
    public static void AssertKnown(IEnumerable<KeyValuePair<string, string?>> variables)
    {
        foreach (var (name, value) in variables)
        {
            if (Others.Contains(name))
                continue;
            var parameter = ParameterOf(name);
            Assert.True(parameter is not null, $"{name} is no parameter");
            if (parameter.Range is var (min, max) && value is not null)
                Assert.InRange(long.Parse(value, System.Globalization.CultureInfo.InvariantCulture), min, max);
        }
    }
}
