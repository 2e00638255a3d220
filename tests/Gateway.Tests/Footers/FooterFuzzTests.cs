using System.Text;
using MimeKit;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Gateway.Tests.Footers;

/// <summary>
/// Messages of random structure. The oracle is MimeKit's object model: the result has the same parts, those that changed
/// are texts that show the old text and the footer, all others are the same octets, and a second time changes nothing.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class FooterFuzzTests
{
    private static readonly string[] Footers = ["ACME & Co", "caf\u00e9 <b>", "\u0436\nsecond > line", "-- \nACME", new string('y', 1200), "  indented\n\n> quoted"];

    [Fact]
    public async Task Only_texts_change_and_only_by_their_footer()
    {
        for (var i = 0; i < Fuzzing.Iterations; i++)
        {
            var seed = Random.Shared.Next();
            try
            {
                await PlayAsync(new Random(seed));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw new InvalidOperationException($"seed {seed}", exception);
            }
        }
    }

    [Fact]
    public async Task What_is_broken_is_understood_or_refused_but_never_worse()
    {
        for (var i = 0; i < Fuzzing.Iterations; i++)
        {
            var seed = Random.Shared.Next();
            var random = new Random(seed);
            var message = Encoding.Latin1.GetBytes(new MimeGenerator(random).Message());
            for (var faults = random.Next(1, 6); faults > 0; faults--)
                message[random.Next(message.Length)] = random.Next(3) switch { 0 => (byte)'\n', 1 => (byte)'-', _ => (byte)random.Next(256) };
            message = message[..random.Next(1, message.Length + 1)];
            try
            {
                var changed = await FooterRun.ApplyAsync(message, Footers[random.Next(Footers.Length)]);
                Assert.True(changed.Length >= message.Length / 4, $"seed {seed}: {message.Length} octets became {changed.Length}");
            }
            catch (Exception exception) when (exception is FormatException or InvalidDataException)
            {
                // It goes as it came: the stage's tests show that.
                Assert.NotEmpty(exception.Message);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {seed}", exception);
            }
        }
    }

    private static async Task PlayAsync(Random random)
    {
        var footer = Footers[random.Next(Footers.Length)];
        var message = Encoding.Latin1.GetBytes(new MimeGenerator(random).Message());

        var changed = await FooterRun.ApplyAsync(message, footer);

        Assert.Equal(Encoding.Latin1.GetString(changed), Encoding.Latin1.GetString(await FooterRun.ApplyAsync(changed, footer)));
        using var before = MimeMessage.Load(new MemoryStream(message));
        using var after = MimeMessage.Load(new MemoryStream(changed));
        Compare(before.Body!, after.Body!, footer);
    }

    private static void Compare(MimeEntity before, MimeEntity after, string footer)
    {
        if (before is Multipart one && after is Multipart other)
        {
            Assert.Equal(one.ContentType.ToString(), other.ContentType.ToString());
            Assert.Equal(one.Count, other.Count);
            Assert.Equal((one.Preamble, one.Epilogue), (other.Preamble, other.Epilogue));
            for (var i = 0; i < one.Count; i++)
                Compare(one[i], other[i], footer);
        }
        else if (Raw(before) != Raw(after))
        {
            CompareTexts(Assert.IsType<TextPart>(before), Assert.IsType<TextPart>(after), footer);
        }
    }

    private static void CompareTexts(TextPart before, TextPart after, string footer)
    {
        Assert.True(before.IsPlain || before.IsHtml);
        Assert.False(before.IsAttachment);
        Assert.Equal(before.ContentType.MimeType, after.ContentType.MimeType);
        var (old, now) = (Text(before), Text(after));
        if (before.IsHtml)
        {
            var begin = now.IndexOf("<div><br>\r\n", StringComparison.Ordinal);
            var end = now.IndexOf("</div>\r\n", begin, StringComparison.Ordinal) + "</div>\r\n".Length;
            Assert.Equal(old, now.Remove(begin, end - begin));
        }
        else
        {
            Assert.StartsWith(old, now, StringComparison.Ordinal);
            var added = now[old.Length..].Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim());
            Assert.Equal(footer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()), added);
        }
    }

    private static string Text(TextPart part)
    {
        using var decoded = new MemoryStream();
        part.Content?.DecodeTo(decoded);
        // What says it is ASCII may be UTF-8, which then is what it is called.
        var charset = part.ContentType.Charset is { } name and not "us-ascii"
            ? CodePagesEncodingProvider.Instance.GetEncoding(name) ?? part.ContentType.CharsetEncoding ?? Encoding.Latin1
            : Encoding.UTF8;
        return charset.GetString(decoded.ToArray()).TrimStart('\ufeff');
    }

    private static string Raw(MimeEntity entity)
    {
        using var raw = new MemoryStream();
        entity.WriteTo(raw);
        return Encoding.Latin1.GetString(raw.ToArray());
    }
}
