using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Orleans.Mail.Protocols.Manage;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Protocols.Tests.Manage;

/// <summary>Random input, each target with an oracle; a failure names its seed.</summary>
[Trait("Category", "Fuzz")]
public sealed partial class ManageFuzz
{
    // What a line reader treats in a special way, and a little of what it does not.
    private static readonly byte[] LineOctets = [.. "ab\r\n\0\b\u007f"u8, 0xc3, 0xa9, 0x80, 255, 255, 250, 240, 241, 251, 253, (byte)'\n'];

    private const string LineText = "USER LISTADNME=dom \"\\\t=a%s";

    [Fact]
    public void Lines_are_those_of_a_plain_model_in_whatever_pieces_they_come() => Run(random =>
    {
        var octets = random.GetItems(LineOctets, random.Next(60));
        var expected = Model(Encoding.Latin1.GetString(octets));
        Assert.Equal(expected, ManageLines.Read([octets]));
        Assert.Equal(expected, ManageLines.Read(Pieces(random, octets)));
    });

    [Fact]
    public void A_request_is_read_back_however_it_is_written() => Run(random =>
    {
        var command = random.GetItems([.. ManageTable.Commands.Where(command => command.Words.Count == 0)], 1)[0];
        var form = random.GetItems([.. command.Forms], 1)[0];
        var values = form.Required.Concat(form.Optional.Where(_ => random.Next(2) == 0)).ToDictionary(key => key, key => RandomValue(random, key));
        var parts = values.Select(each => WriteParameter(random, each.Key, each.Value)).ToArray();
        random.Shuffle(parts);
        var line = string.Join(random.Next(2) == 0 ? " " : " \t ", [.. command.Name.Split(' ').Select(word => RandomCase(random, word)), .. parts]);

        Assert.True(ManageParser.TryParse(line, out var request, out var refusal), $"{line}: {refusal}");
        Assert.Same(command, request.Command);
        Assert.Equal(values.OrderBy(each => each.Key.Name), request.Values.OrderBy(each => each.Key.Name));
    });

    [Fact]
    public void Any_line_is_a_request_that_keeps_the_table_or_a_refusal_on_one_line() => Run(random =>
    {
        var line = "USER LIST "[..random.Next(10)] + new string(random.GetItems(LineText.AsSpan(), random.Next(1, 40)));
        if (string.IsNullOrWhiteSpace(line))
            return;
        if (!ManageParser.TryParse(line, out var request, out var refusal))
        {
            Assert.NotEqual(ManageEnding.Done, refusal.Ending);
            var output = new ArrayBufferWriter<byte>();
            ManageReplyWriter.WriteStatus(output, refusal);
            Assert.Matches(@"^ER[0-9]{4} [^\x00-\x1f]*\r\n\z", Encoding.UTF8.GetString(output.WrittenSpan));
            return;
        }

        Assert.Contains(request.Command, ManageTable.Commands);
        Assert.True(request.Command.Words.Count > 0 || request.Command.Forms.Any(form => request.Values.Keys.All(form.Takes) && form.Required.All(request.Has)), line);
    });

    [Fact]
    public void A_data_line_never_looks_like_a_status_line() => Run(random =>
    {
        var text = new string(random.GetItems("OKER0129 \r\n\t\u001b\u0085é".AsSpan(), random.Next(14)));
        var output = new ArrayBufferWriter<byte>();
        ManageReplyWriter.WriteData(output, random.Next(2) == 0 ? "OK0100 "[..random.Next(8)] + text : text);
        var line = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.DoesNotMatch("^(OK|ER)[0-9]{4} ", line);
        Assert.Matches(@"\A[^\r\n\x00-\x08\x0b-\x1f\x7f-\x9f]*\r\n\z", line);
    });

    private static void Run(Action<Random> target)
    {
        for (var i = 0; i < Fuzzing.Iterations; i++)
        {
            var seed = Random.Shared.Next();
            try
            {
                target(new Random(seed));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {seed}", exception);
            }
        }
    }

    /// <summary>The same by patterns over the whole text: telnet commands out, lines apart, NUL out, erased characters out.</summary>
    private static List<ManageLine> Model(string sent)
    {
        var text = Telnet().Replace(sent, match => match.Value == "ÿÿ" ? "ÿ" : "");
        return [.. LineEnd().Split(text)[..^1].Select(ModelLine)];
    }

    private static ManageLine ModelLine(string text)
    {
        var line = text.Replace("\0", "", StringComparison.Ordinal);
        while (Erased().IsMatch(line))
            line = Erased().Replace(line, "", 1);
        try
        {
            return new ManageLine(new UTF8Encoding(false, true).GetString(Encoding.Latin1.GetBytes(line)), ManageLineFault.None);
        }
        catch (DecoderFallbackException)
        {
            return new ManageLine("", ManageLineFault.NotText);
        }
    }

    private static IEnumerable<byte[]> Pieces(Random random, byte[] octets)
    {
        for (var at = 0; at < octets.Length;)
        {
            var length = Math.Min(octets.Length - at, random.Next(1, 5));
            yield return octets[at..(at + length)];
            at += length;
        }
    }

    private static string RandomValue(Random random, ManageKey key) => key.Kind switch
    {
        ManageValueKind.Flag => "",
        ManageValueKind.Kilobytes or ManageValueKind.Count => random.Next(4) == 0 ? "" : random.Next().ToString(CultureInfo.InvariantCulture),
        ManageValueKind.Switch => RandomCase(random, random.Next(2) == 0 ? "on" : "off"),
        ManageValueKind.Choice => key.MayBeEmpty && random.Next(4) == 0 ? "" : key.Choices[random.Next(key.Choices.Count)],
        ManageValueKind.Program => "/bin/p -d",
        _ => new string(random.GetItems("ab =\"\\%é".AsSpan(), random.Next(8))),
    };

    private static string WriteParameter(Random random, ManageKey key, string value)
    {
        var name = RandomCase(random, key.Alias is { } alias && random.Next(2) == 0 ? alias : key.Name);
        if (key.Kind == ManageValueKind.Flag)
            return random.Next(2) == 0 ? name : $"\"{name}\"";
        var escaped = value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return random.Next(3) switch
        {
            0 when !value.AsSpan().ContainsAny(" \"") => $"{name}={value}",
            1 => $"\"{name}={escaped}\"",
            _ => $"{name}=\"{escaped}\"",
        };
    }

    private static string RandomCase(Random random, string text) =>
        string.Concat(text.Select(c => random.Next(2) == 0 ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c)));

    [GeneratedRegex(@"ÿÿ|ÿú(?:[^ÿ]|ÿ[^ð])*(?:ÿð|ÿ?\z)|ÿ[û-þ](?:[\s\S]|\z)|ÿ[\s\S]|ÿ\z")]
    private static partial Regex Telnet();

    [GeneratedRegex(@"\r\n|\r\0|\n")]
    private static partial Regex LineEnd();

    [GeneratedRegex(@"(?:[^\x80-\xbf\x08\x7f][\x80-\xbf]*|^[\x80-\xbf]+)?[\x08\x7f]")]
    private static partial Regex Erased();
}
