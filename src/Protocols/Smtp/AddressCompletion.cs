using System.Buffers;
using System.Text;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>
/// Gives the addresses of a field that have no domain one (RFC 6409 8.2: <c>To: mick</c>). It is careful: an address is a
/// dot-atom that stands alone between commas, or in angle brackets; quoted strings, comments, display names and groups stay.
/// </summary>
internal static class AddressCompletion
{
    private const int MaxLineLength = 998;

    private static readonly SearchValues<byte> WordEnds = SearchValues.Create(" \t\r\n\"(<:;,"u8);

    /// <summary>Writes the field with its last CRLF, completed. One whose lines would become too long stays as it is.</summary>
    public static void Write(ReadOnlySpan<byte> field, string domain, IBufferWriter<byte> output)
    {
        var places = Find(field);
        var suffix = Encoding.UTF8.GetBytes("@" + domain);
        if (places.Count == 0 || LongestLine(field) + (places.Count * suffix.Length) > MaxLineLength)
        {
            output.Write(field);
            return;
        }

        var written = 0;
        foreach (var place in places)
        {
            output.Write(field[written..place]);
            output.Write(suffix);
            written = place;
        }

        output.Write(field[written..]);
    }

    // Behind which octets a domain is missing.
    private static List<int> Find(ReadOnlySpan<byte> field)
    {
        var places = new List<int>();
        var mailbox = new Mailbox();
        for (var at = field.IndexOf((byte)':') + 1; at < field.Length; at++)
        {
            switch (field[at])
            {
                case (byte)'"':
                    at = SkipQuoted(field, at);
                    mailbox.NotePhrase();
                    break;
                case (byte)'(':
                    at = SkipComment(field, at);
                    break;
                case (byte)'<':
                    at = ReadAngle(field, at, places);
                    mailbox.NotePhrase();
                    break;
                case (byte)':' or (byte)';': // a group begins or ends
                    mailbox.EndInto(places, isAddress: field[at] == ';');
                    break;
                case (byte)',':
                    mailbox.EndInto(places, isAddress: true);
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    break;
                default:
                    at = mailbox.ReadWord(field, at);
                    break;
            }
        }

        mailbox.EndInto(places, isAddress: true);
        return places;
    }

    private static int SkipQuoted(ReadOnlySpan<byte> field, int at)
    {
        while (++at < field.Length && field[at] != '"')
        {
            if (field[at] == '\\')
                at++;
        }

        return at;
    }

    private static int SkipComment(ReadOnlySpan<byte> field, int at)
    {
        var depth = 0;
        for (; at < field.Length; at++)
        {
            if (field[at] == '\\')
                at++;
            else if (field[at] == '(')
                depth++;
            else if (field[at] == ')' && --depth == 0)
                break;
        }

        return at;
    }

    private static int ReadAngle(ReadOnlySpan<byte> field, int at, List<int> places)
    {
        var length = field[at..].IndexOf((byte)'>');
        if (length < 0)
            return field.Length;
        if (IsDotAtom(field.Slice(at + 1, length - 1)))
            places.Add(at + length);
        return at + length;
    }

    // RFC 5322 3.2.3, with UTF-8 as in RFC 6532 3.2. An encoded word is a name.
    private static bool IsDotAtom(ReadOnlySpan<byte> word)
    {
        if (word.IsEmpty || word is [(byte)'.', ..] or [.., (byte)'.'] || word.IndexOf(".."u8) >= 0 || word.StartsWith("=?"u8))
            return false;
        foreach (var octet in word)
        {
            if (octet < 0x80 && !SmtpPath.DotString.Contains((char)octet))
                return false;
        }

        return true;
    }

    private static int LongestLine(ReadOnlySpan<byte> field)
    {
        var longest = 0;
        foreach (var line in field.Split("\r\n"u8))
            longest = Math.Max(longest, line.End.GetOffset(field.Length) - line.Start.GetOffset(field.Length));
        return longest;
    }

    /// <summary>What was seen of the mailbox that is being read.</summary>
    private struct Mailbox
    {
        private int words;
        private bool hasPhrase;
        private bool isAtom;
        private int end;

        /// <summary>It has a quoted string or an address in angle brackets.</summary>
        public void NotePhrase() => hasPhrase = true;

        /// <summary>Reads up to the word's end; returns its last octet.</summary>
        public int ReadWord(ReadOnlySpan<byte> field, int at)
        {
            var length = field[at..].IndexOfAny(WordEnds);
            var word = length < 0 ? field[at..] : field.Slice(at, length);
            words++;
            isAtom = IsDotAtom(word);
            end = at + word.Length;
            return end - 1;
        }

        public void EndInto(List<int> places, bool isAddress)
        {
            if (isAddress && words == 1 && isAtom && !hasPhrase)
                places.Add(end);
            this = default;
        }
    }
}
