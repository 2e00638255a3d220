using System.Text;

namespace Orleans.Mail.Protocols.Pop3;

/// <summary>What stands after a keyword.</summary>
internal enum Pop3Form
{
    None,

    /// <summary>A name.</summary>
    Name,

    /// <summary>Everything after the first space, spaces too.</summary>
    Secret,

    /// <summary>The number of a message.</summary>
    Message,

    /// <summary>The number of a message, or nothing.</summary>
    OptionalMessage,

    /// <summary>The number of a message and a number of lines.</summary>
    MessageAndLines,

    /// <summary>A SASL mechanism and perhaps its initial response, or nothing.</summary>
    Mechanism,
}

/// <param name="Keyword">In upper case.</param>
/// <param name="Verb">What it means.</param>
/// <param name="Form">What stands after it.</param>
/// <param name="LegalIn">Where it is legal.</param>
internal sealed record Pop3Rule(byte[] Keyword, Pop3Verb Verb, Pop3Form Form, Pop3Phase LegalIn);

/// <summary>The one table of commands: keyword, arguments and the states in which each is legal.</summary>
public static class Pop3Rules
{
    private static readonly Pop3Rule[] Table =
    [
        // The commands of a download stand first.
        new([.. "RETR"u8], Pop3Verb.Retr, Pop3Form.Message, Pop3Phase.Transaction), // RFC 1939 section 5
        new([.. "DELE"u8], Pop3Verb.Dele, Pop3Form.Message, Pop3Phase.Transaction), // RFC 1939 section 5
        new([.. "UIDL"u8], Pop3Verb.Uidl, Pop3Form.OptionalMessage, Pop3Phase.Transaction), // RFC 1939 section 7
        new([.. "LIST"u8], Pop3Verb.List, Pop3Form.OptionalMessage, Pop3Phase.Transaction), // RFC 1939 section 5
        new([.. "STAT"u8], Pop3Verb.Stat, Pop3Form.None, Pop3Phase.Transaction), // RFC 1939 section 5
        new([.. "USER"u8], Pop3Verb.User, Pop3Form.Name, Pop3Phase.Authorization), // RFC 1939 section 7
        new([.. "PASS"u8], Pop3Verb.Pass, Pop3Form.Secret, Pop3Phase.Authorization), // RFC 1939 section 7
        new([.. "QUIT"u8], Pop3Verb.Quit, Pop3Form.None, Pop3Phase.Any), // RFC 1939 sections 5 and 6
        new([.. "CAPA"u8], Pop3Verb.Capa, Pop3Form.None, Pop3Phase.Any), // RFC 2449 section 5
        new([.. "TOP"u8], Pop3Verb.Top, Pop3Form.MessageAndLines, Pop3Phase.Transaction), // RFC 1939 section 7
        new([.. "NOOP"u8], Pop3Verb.Noop, Pop3Form.None, Pop3Phase.Transaction), // RFC 1939 section 5
        new([.. "RSET"u8], Pop3Verb.Rset, Pop3Form.None, Pop3Phase.Transaction), // RFC 1939 section 5
        new([.. "AUTH"u8], Pop3Verb.Auth, Pop3Form.Mechanism, Pop3Phase.Authorization), // RFC 5034 section 4
        new([.. "STLS"u8], Pop3Verb.Stls, Pop3Form.None, Pop3Phase.Authorization), // RFC 2595 section 4
        new([.. "UTF8"u8], Pop3Verb.Utf8, Pop3Form.None, Pop3Phase.Authorization), // RFC 6856 section 2.1
    ];

    /// <summary>Whether <paramref name="verb"/> is legal in <paramref name="phase"/>; a verb that nobody knows is legal nowhere.</summary>
    public static bool IsLegal(Pop3Verb verb, Pop3Phase phase)
    {
        foreach (var rule in Table)
        {
            if (rule.Verb == verb)
                return (rule.LegalIn & phase) != 0;
        }

        return false;
    }

    internal static Pop3Rule? Find(ReadOnlySpan<byte> keyword)
    {
        foreach (var rule in Table)
        {
            if (Ascii.EqualsIgnoreCase(keyword, rule.Keyword))
                return rule;
        }

        return null;
    }
}
