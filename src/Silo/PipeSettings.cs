using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Grains;

namespace Orleans.Mail.Silo;

/// <summary>The parameters of the programs that aliases feed.</summary>
internal static class PipeSettings
{
    /// <summary>Throws <see cref="ParameterException"/> when this host cannot do what they say.</summary>
    public static PipeOptions From(Parameters parameters)
    {
        var defaults = new PipeOptions();
        var options = new PipeOptions
        {
            Programs = parameters.Text("Pipe:Programs", "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            User = parameters.Find("Pipe:User"),
            Concurrency = parameters.WholeNumber("Pipe:Concurrency", defaults.Concurrency, 1, 1000),
            TimeLimit = parameters.Seconds("Pipe:TimeLimit", defaults.TimeLimit, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            OutputLimit = parameters.WholeNumber("Pipe:OutputLimit", defaults.OutputLimit, 0, 1024 * 1024),
            CrlfLineEnds = parameters.Choice("Pipe:LineEnds", LineEnds.Lf) == LineEnds.Crlf,
        };
        return PipeRequirements.Check(options) is { } unmet ? throw new ParameterException(unmet.Parameter, unmet.Value, unmet.Allowed) : options;
    }

    private enum LineEnds
    {
        Lf,
        Crlf,
    }
}
