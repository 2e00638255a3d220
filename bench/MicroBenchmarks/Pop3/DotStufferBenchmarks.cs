using System.Buffers;
using BenchmarkDotNet.Attributes;
using Orleans.Mail.Protocols.Pop3;

namespace Orleans.Mail.MicroBenchmarks.Pop3;

/// <summary>A message on its way to a POP3 client, in blocks of 16 KiB.</summary>
public class DotStufferBenchmarks
{
    private const int Block = 16 * 1024;

    private readonly ArrayBufferWriter<byte> output = new(4 * 1024 * 1024);
    private byte[] message = [];

    [Params(5 * 1024, 1024 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Prepare() => message = TestMessage.Create(Size);

    [Benchmark]
    public int Write()
    {
        output.ResetWrittenCount();
        var stuffer = new DotStuffer();
        for (var at = 0; at < message.Length; at += Block)
            stuffer.Write(output, message.AsSpan(at, Math.Min(Block, message.Length - at)));
        stuffer.Complete(output);
        return output.WrittenCount;
    }
}
