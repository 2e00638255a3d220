using System.IO.Pipelines;
using System.Text;
using Orleans.Mail.Gateway.Footers;

namespace Orleans.Mail.Gateway.Tests.Footers;

/// <summary>Puts footers on messages in memory, as the stage does on stored ones.</summary>
internal static class FooterRun
{
    /// <summary>The message with the footers, as characters of one octet each. Lines may end with LF only: they get their CR here.</summary>
    public static async Task<string> ApplyAsync(string message, params string[] footers)
    {
        var changed = await ApplyAsync(Octets(message), footers);
        return Encoding.Latin1.GetString(changed);
    }

    public static async Task<byte[]> ApplyAsync(byte[] message, params string[] footers)
    {
        var closed = TestContext.Current.CancellationToken;
        var plan = await FooterPlan.ReadAsync((offset, length) => ValueTask.FromResult<Stream>(Open(message, offset, length)));
        var splices = plan.Add([.. footers.Select(text => FooterText.Parse(text) ?? throw new ArgumentException("no footer"))]);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        Assert.True(await new SplicedMessage(new MemoryStream(message), pipe.Writer, () => ValueTask.FromResult(true)).WriteAsync(splices));
        await pipe.Writer.CompleteAsync();
        var written = new MemoryStream();
        await pipe.Reader.CopyToAsync(written, closed);
        return written.ToArray();
    }

    public static byte[] Octets(string message) => Encoding.Latin1.GetBytes(Crlf(message));

    public static string Crlf(string text) => text.ReplaceLineEndings("\r\n");

    private static MemoryStream Open(byte[] message, long offset, long? length) =>
        new MemoryStream(message, (int)offset, (int)(length ?? (message.Length - offset)), writable: false);
}
