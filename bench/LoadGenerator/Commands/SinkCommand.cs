using System.CommandLine;
using System.Net;
using Orleans.Mail.LoadGenerator.Sink;

namespace Orleans.Mail.LoadGenerator.Commands;

internal static class SinkCommand
{
    public static Command Create()
    {
        var port = CommonOptions.Number("--port", 0, 0, IPEndPoint.MaxPort, "The port on 127.0.0.1; 0 = any free one.");
        var seconds = CommonOptions.Seconds(120);
        var messages = CommonOptions.Number("--messages", 1000, 1, 10_000_000, "Different messages that end the run.");
        var json = CommonOptions.Json();

        var command = new Command("sink", "Take mail, throw it away and count it: one line with the address, one at the end.") { port, seconds, messages, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new SmtpSinkOptions(
                new IPEndPoint(IPAddress.Loopback, parsed.GetValue(port)),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(messages));
            var report = await new SmtpSink(options).RunAsync(address => Console.WriteLine($"listening: {address}"), cancellationToken);
            return CommonOptions.Finish(report, parsed.GetValue(json));
        });
        return command;
    }
}
