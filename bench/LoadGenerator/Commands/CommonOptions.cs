using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Orleans.Mail.LoadGenerator.Connections;
using Orleans.Mail.LoadGenerator.Measuring;
using Orleans.Mail.LoadGenerator.Smtp;

namespace Orleans.Mail.LoadGenerator.Commands;

/// <summary>Options of several commands, each with its bounds, so that no run is endless.</summary>
internal static class CommonOptions
{
    public static Option<IPEndPoint> Target() => new("--target")
    {
        Description = "The server, a loopback address.",
        HelpName = "ADDRESS:PORT",
        Required = true,
        CustomParser = result =>
        {
            if (!LoopbackAddress.TryParse(result.Tokens[0].Value, out var address, out var refusal))
                result.AddError(refusal);
            return address;
        },
    };

    public static Option<int> Seconds(int usual, string description = "Break off after this time, in seconds.") =>
        Number("--seconds", usual, 1, 3600, description);

    public static Option<bool> Json() => new("--json") { Description = "Print JSON." };

    public static Option<int> Users() => Number("--users", 100, 1, 1_000_000, "How many users take part.");

    public static Option<int> FirstUser() => Number("--first-user", 0, 0, 1_000_000, "The first of them: 5 = u5.");

    public static Option<string> Domain() => Name("--domain", "bench.test", "The users' domain.");

    public static Option<string> Password() => Name("--password", "secret", "The users' password.");

    public static Option<int> Number(string name, int usual, int least, int most, string description)
    {
        var option = new Option<int>(name) { Description = $"{description} [{least} to {most}]", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (result.GetValueOrDefault<int>() < least || result.GetValueOrDefault<int>() > most))
                result.AddError($"{name} takes {least} to {most}");
        });
        return option;
    }

    public static Option<string> Name(string name, string usual, string description)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add((OptionResult result) =>
        {
            if (result.GetValueOrDefault<string>()?.Length > LoadMessage.LongestName)
                result.AddError($"{name} takes at most {LoadMessage.LongestName} characters");
        });
        return option;
    }

    /// <summary>Prints a report and turns it into an exit code: 1 when anything went wrong.</summary>
    public static int Finish(Report report, bool json)
    {
        report.Write(Console.Out, json);
        return report.Succeeded ? 0 : 1;
    }
}
