namespace Orleans.Mail.Gateway.Footers;

/// <summary>Finds OpenPGP messages that stand in a text itself (RFC 9580 6.2, 7).</summary>
internal static class PgpArmor
{
    /// <param name="text">The decoded text.</param>
    /// <param name="anywhere">Also where it does not begin a line, as in HTML.</param>
    public static bool IsIn(ReadOnlySpan<byte> text, bool anywhere)
    {
        for (var at = 0; text[at..].IndexOf("-----BEGIN PGP "u8) is >= 0 and var next; at++)
        {
            at += next;
            var kind = text[(at + "-----BEGIN PGP ".Length)..];
            if ((kind.StartsWith("MESSAGE"u8) || kind.StartsWith("SIGNED MESSAGE"u8)) && (anywhere || at == 0 || text[at - 1] == '\n'))
                return true;
        }

        return false;
    }
}
