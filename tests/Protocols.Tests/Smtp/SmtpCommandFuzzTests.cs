using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Orleans.Mail.Protocols.Smtp;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Protocols.Tests.Smtp;

/// <summary>MAIL and RCPT lines, right ones bent at random. The oracle is the grammar as one expression (RFC 5321 4.1.2), in both directions.</summary>
[Trait("Category", "Fuzz")]
public sealed partial class SmtpCommandFuzzTests
{
    private static readonly string[][] Lines =
    [
        ["MAIL", " ", "FROM:", "<", "jane", "@", "else", ".", "test", ">"],
        ["mail", " ", "from:", " ", "<", "@", "a", ":", "j", ".", "x", "@", "b-c", ">", " ", "SIZE=", "12", " ", "BODY=", "8BITMIME", " ", "SMTPUTF8"],
        ["MAIL", " ", "FROM:", "<", "\"", "a b", "\\", "\"", "c", "\"", "@", "else", ".", "test", ">", " ", "SMTPUTF8"],
        ["MAIL", " ", "FROM:", "<", "ü", "@", "bü", ".", "test", ">", " ", "SMTPUTF8"],
        ["MAIL", " ", "FROM:", "<", ">"],
    ];

    private static readonly string[] Words =
        ["@", ".", "<", ">", "\"", "\\", " ", ",", ":", "-", "_", "a", "1", "ü", "\0", "\t", "%s%n", "SIZE=", "7", "BODY=", "7bit", "SMTPUTF8", "=", "!", "(", "*"];

    [Fact]
    public void A_line_is_taken_exactly_when_the_grammar_allows_it()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var taken = 0;
        for (var i = 0; i < Fuzzing.Iterations; i++)
        {
            var line = Bend(random);
            var command = Parse(line);
            if (command.Verb != SmtpVerb.Mail)
                continue;
            Assert.True(IsMail(line) == (command.Fault is null), $"seed {seed}: {line} was {command.Fault?.ToString() ?? "taken"}");
            if (command.Fault is not null)
                continue;
            taken++;
            var again = Parse($"MAIL FROM:{command.Path} SMTPUTF8");
            Assert.True(command.Path == again.Path, $"seed {seed}: {line} is {command.Path}, then {again.Path}");
        }

        Assert.InRange(taken, Fuzzing.Iterations / 20, Fuzzing.Iterations);
    }

    private static string Bend(Random random)
    {
        var tokens = Lines[random.Next(Lines.Length)].ToList();
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var at = random.Next(tokens.Count);
            switch (random.Next(4))
            {
                case 0:
                    tokens.Insert(at, Words[random.Next(Words.Length)]);
                    break;
                case 1:
                    tokens[at] = Words[random.Next(Words.Length)];
                    break;
                case 2 when tokens.Count > 1:
                    tokens.RemoveAt(at);
                    break;
                default:
                    tokens.Insert(at, tokens[random.Next(tokens.Count)]);
                    break;
            }
        }

        return string.Concat(tokens);
    }

    private static bool IsMail(string line)
    {
        if (line.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0 || Grammar().Match(line) is not { Success: true } match)
            return false;
        var parameters = match.Groups["parameters"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var names = parameters.Select(parameter => parameter.Split('=')[0].ToUpperInvariant()).ToList();
        return names.Distinct().Count() == names.Count
            && parameters.All(parameter => Parameter().IsMatch(parameter))
            && (names.Contains("SMTPUTF8") || Ascii.IsValid(match.Groups["path"].Value));
    }

    private static SmtpCommand Parse(string line)
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line + "\r\n"));
        Assert.True(new SmtpCommandReader(allowBarePaths: false).TryRead(ref buffer, out var command));
        return command;
    }

    private const string Label = @"[A-Za-z0-9_\u0080-\uffff]([-A-Za-z0-9_\u0080-\uffff]*[A-Za-z0-9_\u0080-\uffff])?";
    private const string Domain = $@"{Label}(\.{Label})*";
    private const string Atom = @"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\uffff]+";
    private const string Quoted = @"""([^""\\]|\\.)+""";
    private const string Local = $@"({Atom}(\.{Atom})*|{Quoted})";
    private const string Route = $"(@{Domain}(,@{Domain})*:)?";

    // The route is not in the group: what it names does not travel on.
    [GeneratedRegex($@"^MAIL +FROM: *<({Route}(?<path>{Local}@{Domain}))?>(?<parameters>( .*)?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();

    [GeneratedRegex(@"^(SIZE=\d{1,20}|BODY=(7BIT|8BITMIME)|SMTPUTF8)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex Parameter();
}
