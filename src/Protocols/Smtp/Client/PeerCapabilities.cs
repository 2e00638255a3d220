using System.Globalization;

namespace Orleans.Mail.Protocols.Smtp.Client;

/// <summary>What a server offers in its answer to EHLO (RFC 5321 4.1.1.1).</summary>
public sealed record PeerCapabilities
{
    /// <summary>Of a server that knows only HELO.</summary>
    public static readonly PeerCapabilities None = new();

    /// <summary>RFC 2920.</summary>
    public bool Pipelining { get; init; }

    /// <summary>SIZE is known, so that MAIL may carry it (RFC 1870).</summary>
    public bool Size { get; init; }

    /// <summary>Octets of the largest message; 0 = not told.</summary>
    public long MaxSize { get; init; }

    /// <summary>8BITMIME (RFC 6152).</summary>
    public bool EightBit { get; init; }

    /// <summary>SMTPUTF8 (RFC 6531).</summary>
    public bool Utf8 { get; init; }

    /// <summary>DSN (RFC 3461).</summary>
    public bool Dsn { get; init; }

    /// <summary>STARTTLS (RFC 3207).</summary>
    public bool StartTls { get; init; }

    /// <summary>AUTH PLAIN (RFC 4954, RFC 4616).</summary>
    public bool AuthPlain { get; init; }

    /// <summary>AUTH LOGIN.</summary>
    public bool AuthLogin { get; init; }

    /// <summary>Reads the answer to EHLO; its first line is the server's name. What is not known is passed over.</summary>
    public static PeerCapabilities From(PeerReply reply)
    {
        var found = None;
        foreach (var line in reply.Lines.AsSpan(1))
        {
            // "AUTH=LOGIN" is how old servers wrote it.
            var words = line.Split([' ', '\t', '='], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                continue;
            found = words[0].ToUpperInvariant() switch
            {
                "PIPELINING" => found with { Pipelining = true },
                "SIZE" => found with { Size = true, MaxSize = ReadSize(words) },
                "8BITMIME" => found with { EightBit = true },
                "SMTPUTF8" => found with { Utf8 = true },
                "DSN" => found with { Dsn = true },
                "STARTTLS" => found with { StartTls = true },
                "AUTH" => found with { AuthPlain = found.AuthPlain || Offers(words, "PLAIN"), AuthLogin = found.AuthLogin || Offers(words, "LOGIN") },
                _ => found,
            };
        }

        return found;
    }

    private static long ReadSize(string[] words) =>
        words.Length > 1 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0;

    private static bool Offers(string[] words, string mechanism) => words.Skip(1).Contains(mechanism, StringComparer.OrdinalIgnoreCase);
}
