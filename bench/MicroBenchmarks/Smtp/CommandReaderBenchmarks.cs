using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.MicroBenchmarks.Smtp;

/// <summary>A command line from the wire to a command.</summary>
public class CommandReaderBenchmarks
{
    private readonly SmtpCommandReader reader = new(allowBarePaths: false);
    private ReadOnlySequence<byte> octets;

    [Params("NOOP", "MAIL FROM:<load@client.test> SIZE=5120 BODY=8BITMIME", "RCPT TO:<u1@bench.test>")]
    public string Line { get; set; } = "";

    [GlobalSetup]
    public void Prepare() => octets = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(Line + "\r\n"));

    [Benchmark]
    public SmtpVerb Read()
    {
        var buffer = octets;
        reader.TryRead(ref buffer, out var command);
        return command.Verb;
    }
}
