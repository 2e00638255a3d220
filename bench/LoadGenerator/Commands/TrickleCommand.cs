using System.CommandLine;
using Orleans.Mail.LoadGenerator.Connections;
using Orleans.Mail.LoadGenerator.Hostile;

namespace Orleans.Mail.LoadGenerator.Commands;

internal static class TrickleCommand
{
    public static Command Create()
    {
        var target = CommonOptions.Target();
        var seconds = CommonOptions.Seconds(120, "The time for opening all connections, in seconds.");
        var hold = CommonOptions.Number("--hold", 60, 1, 3600, "How long to go on, in seconds.");
        var connections = CommonOptions.Number("--connections", 2000, 1, 50_000, "Connections.");
        var every = CommonOptions.Number("--every", 10, 1, 600, "Seconds between two octets of a connection.");
        var first = CommonOptions.Number("--first-address", 0, 0, Sources.Most - 1, "The first address of 127.1.0.0/16 to come from.");
        var addresses = CommonOptions.Number("--addresses", 0, 0, Sources.Most, "Addresses to come from; 0 = one, the system's choice.");
        var tls = new Option<bool>("--tls") { Description = "A port of TLS: every second connection shakes hands first, the others never end their handshake." };
        var json = CommonOptions.Json();

        var command = new Command("trickle", "Slow-loris: open connections that send an octet now and then and never end a line or a handshake.")
        {
            target, seconds, hold, connections, every, first, addresses, tls, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new TrickleOptions(
                parsed.GetRequiredValue(target),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(connections),
                TimeSpan.FromSeconds(parsed.GetValue(every)),
                TimeSpan.FromSeconds(parsed.GetValue(hold)),
                parsed.GetValue(first),
                parsed.GetValue(addresses),
                parsed.GetValue(tls));
            var last = await new Trickle(options).RunAsync(standing => standing.Write(Console.Out, parsed.GetValue(json)), cancellationToken);
            return CommonOptions.Finish(last, parsed.GetValue(json));
        });
        return command;
    }
}
