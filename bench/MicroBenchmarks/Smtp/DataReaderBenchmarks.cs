using System.Buffers;
using BenchmarkDotNet.Attributes;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.MicroBenchmarks.Smtp;

/// <summary>A message after DATA, in segments of 4 KiB as the transport gives them: dot-stuffing removed, its end found.</summary>
public class DataReaderBenchmarks
{
    private const int SegmentLength = 4 * 1024;

    private readonly ArrayBufferWriter<byte> output = new(4 * 1024 * 1024);
    private ReadOnlySequence<byte> octets;

    [Params(5 * 1024, 1024 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        byte[] message = [.. TestMessage.Create(Size), .. ".\r\n"u8];
        var first = new Segment(message.AsMemory(0, SegmentLength), 0);
        var last = first;
        for (var at = SegmentLength; at < message.Length; at += SegmentLength)
            last = last.Append(message.AsMemory(at, Math.Min(SegmentLength, message.Length - at)));
        octets = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    [Benchmark]
    public int Read()
    {
        output.ResetWrittenCount();
        var buffer = octets;
        var reader = new SmtpDataReader(new IncomingMessage(output, maxSize: long.MaxValue, repairs: false));
        if (!reader.TryRead(ref buffer))
            throw new InvalidOperationException("the end was not found");
        return output.WrittenCount;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
