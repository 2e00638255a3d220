using System.Buffers.Text;
using System.Text;

namespace Orleans.Mail.Protocols.Pop3;

/// <summary>Reads a command line (RFC 1939 section 3): a keyword in any case, and arguments parted by spaces.</summary>
internal static class Pop3CommandParser
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="line">The line without its end.</param>
    public static Pop3Command Parse(ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        var rule = Pop3Rules.Find(space < 0 ? line : line[..space]);
        if (rule is null)
            return new(Pop3Verb.Unknown);
        var arguments = space < 0 ? [] : line[(space + 1)..];
        // RFC 1939 section 7: PASS has one argument, so a space in it may be a part of the password.
        if (rule.Form == Pop3Form.Secret)
            return Secret(rule.Verb, arguments, given: space >= 0);
        if (arguments.ContainsAnyInRange((byte)0, (byte)0x1f) || arguments.Contains((byte)0x7f))
            return Wrong(rule.Verb);
        arguments = arguments.Trim((byte)' ');
        return rule.Form switch
        {
            Pop3Form.None => arguments.IsEmpty ? new(rule.Verb) : Wrong(rule.Verb),
            Pop3Form.Name => arguments.IsEmpty ? Wrong(rule.Verb) : WithText(rule.Verb, arguments),
            Pop3Form.OptionalMessage when arguments.IsEmpty => new(rule.Verb),
            Pop3Form.Mechanism => Mechanism(rule.Verb, arguments),
            Pop3Form.MessageAndLines => MessageAndLines(rule.Verb, arguments),
            _ => TryNumber(arguments, out var message) ? new(rule.Verb) { Message = message } : Wrong(rule.Verb),
        };
    }

    private static Pop3Command Wrong(Pop3Verb verb) => new(verb) { Fault = Pop3Fault.Syntax };

    private static Pop3Command Secret(Pop3Verb verb, ReadOnlySpan<byte> argument, bool given) =>
        !given || argument.ContainsAny((byte)0, (byte)'\r') ? Wrong(verb) : WithText(verb, argument);

    private static Pop3Command WithText(Pop3Verb verb, ReadOnlySpan<byte> argument)
    {
        if (Ascii.IsValid(argument))
            return new(verb) { Text = Encoding.ASCII.GetString(argument) };
        return System.Text.Unicode.Utf8.IsValid(argument) ? new(verb) { Text = StrictUtf8.GetString(argument) } : Wrong(verb);
    }

    private static Pop3Command MessageAndLines(Pop3Verb verb, ReadOnlySpan<byte> arguments)
    {
        var space = arguments.IndexOf((byte)' ');
        return space > 0 && TryNumber(arguments[..space], out var message) && TryNumber(arguments[space..].TrimStart((byte)' '), out var lines)
            ? new(verb) { Message = message, Lines = lines }
            : Wrong(verb);
    }

    private static Pop3Command Mechanism(Pop3Verb verb, ReadOnlySpan<byte> arguments)
    {
        if (arguments.IsEmpty)
            return new(verb);
        if (!Ascii.IsValid(arguments))
            return Wrong(verb);
        var space = arguments.IndexOf((byte)' ');
        var mechanism = Encoding.ASCII.GetString(space < 0 ? arguments : arguments[..space]).ToUpperInvariant();
        if (space < 0)
            return new(verb) { Text = mechanism };
        var initial = arguments[space..].TrimStart((byte)' ');
        return initial.Contains((byte)' ') ? Wrong(verb) : new(verb) { Text = mechanism, InitialResponse = Encoding.ASCII.GetString(initial) };
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        if (text.IsEmpty || text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        if (!Utf8Parser.TryParse(text, out number, out _))
            number = int.MaxValue;
        return true;
    }
}
