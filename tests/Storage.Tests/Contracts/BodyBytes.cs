using System.Buffers;
using System.IO.Pipelines;

namespace Orleans.Mail.Storage.Tests;

/// <summary>Bodies for tests, and ways to bring them.</summary>
internal static class BodyBytes
{
    public static byte[] Random(int length)
    {
        var bytes = new byte[length];
        System.Random.Shared.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The whole body at once.</summary>
    public static PipeReader Whole(byte[] bytes) => PipeReader.Create(new ReadOnlySequence<byte>(bytes));

    /// <summary>The body in pieces that come one after the other.</summary>
    public static PipeReader InPieces(byte[] bytes, int length) => Produce(async writer =>
    {
        foreach (var piece in bytes.Chunk(length))
            await writer.WriteAsync(piece);
    });

    /// <summary>A body that breaks off with an exception.</summary>
    public static PipeReader Broken(byte[] bytes, Exception reason) => Produce(async writer =>
    {
        await writer.WriteAsync(bytes);
        throw reason;
    });

    /// <summary>A body that never ends.</summary>
    public static PipeReader Endless(byte[] bytes, Task until) => Produce(async writer =>
    {
        await writer.WriteAsync(bytes);
        await until;
    });

    /// <summary><paramref name="count"/> times the same piece, without keeping the whole.</summary>
    public static PipeReader Repeated(byte[] piece, int count) => Produce(async writer =>
    {
        for (var i = 0; i < count; i++)
            await writer.WriteAsync(piece);
    });

    private static PipeReader Produce(Func<PipeWriter, Task> produce)
    {
        var pipe = new Pipe();
        _ = Task.Run(async () =>
        {
            Exception? reason = null;
            try
            {
                await produce(pipe.Writer);
            }
            catch (Exception e)
            {
                reason = e; // the reader gets it
            }

            await pipe.Writer.CompleteAsync(reason);
        });
        return pipe.Reader;
    }
}
