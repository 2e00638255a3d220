using System.Diagnostics;
using System.Globalization;
using System.Net;
using Orleans.Mail.LoadGenerator.Smtp;

namespace Orleans.Mail.LargeDomain;

/// <param name="Domain">The domain.</param>
/// <param name="Users">Its users.</param>
/// <param name="Messages">Of each pass.</param>
internal sealed record LargeDomainOptions(string Domain, int Users, int Messages);

/// <summary>Mail to every user of a domain in turn, twice: the first time their grains are not there yet.</summary>
internal static class LargeDomainRun
{
    private const int Connections = 20;
    private const int PerConnection = 100;
    private const int Size = 2048;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    public static async Task MeasureAsync(LargeDomainOptions options, int silos, TextWriter output, CancellationToken cancellation)
    {
        await using var cluster = new ManySilos();
        var began = Stopwatch.GetTimestamp();
        await UserRows.AddDomainAsync(cluster.Rows, options.Domain, cancellation);
        await UserRows.AddAsync(cluster.Rows, options.Domain, 0, options.Users, "secret", cancellation);
        Console.Error.WriteLine($"{options.Users} users within {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s");
        for (var i = 0; i < silos; i++)
            await cluster.StartSiloAsync();
        var gateway = await cluster.StartGatewayAsync();
        foreach (var pass in (string[])["cold", "warm"])
        {
            cluster.Counters.ForEach(static counter => counter.Take());
            await SendAsync(options, gateway.Endpoint("smtp"), cancellation);
            Write(output, options, $"{silos} silos, {pass}", [.. cluster.Counters.Select(static counter => counter.Take())]);
        }
    }

    private static async Task SendAsync(LargeDomainOptions options, IPEndPoint smtp, CancellationToken cancellation)
    {
        var load = new SmtpLoad(new SmtpLoadOptions(
            smtp, Limit, Connections, PerConnection, options.Messages, Size, Pipelining: false, AwaitQuit: true, options.Users, FirstUser: 0, options.Domain, "load@client.test",
            SmtpLoginKind.None, Password: "", TlsMode.None));
        var report = await load.RunAsync(cancellation);
        report.Write(Console.Error, json: false);
        if (!report.Succeeded)
            throw new InvalidOperationException("not every message was accepted");
    }

    private static void Write(TextWriter output, LargeDomainOptions options, string name, IReadOnlyList<IReadOnlyList<TypeCalls>> silos)
    {
        output.WriteLine($"\n| {name}: {options.Users} users, {options.Messages} messages | calls per message | activations called | calls of the busiest one | share of each silo |");
        output.WriteLine("|---|---:|---:|---:|---:|");
        foreach (var type in silos.SelectMany(static silo => silo).GroupBy(static type => type.Type).OrderByDescending(static type => type.Sum(static each => each.Calls)))
        {
            var calls = type.Sum(static each => each.Calls);
            var shares = silos.Select(silo => (silo.FirstOrDefault(each => each.Type == type.Key)?.Calls ?? 0) * 100.0 / calls);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {type.Key} | {(double)calls / options.Messages:F4} | {type.Sum(static each => each.Activations)} | {type.Max(static each => each.Busiest)} | {string.Join(", ", shares.Select(static share => share.ToString("F0", CultureInfo.InvariantCulture) + " %"))} |"));
        }

        output.Flush();
    }
}
