using System.Text;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>
/// Notes what the router must know of a message's header section while it streams by, in pieces of any length: how many
/// Received fields it has, and what Delivered-To, Auto-Submitted and List-Id say. Folded lines of these are not joined:
/// they are short, and those that we write are one line.
/// </summary>
internal sealed class HeaderScanner
{
    /// <summary>Values of one kind that are remembered.</summary>
    public const int MaxValues = 100;

    /// <summary>Octets of a value that are looked at.</summary>
    public const int MaxValueLength = 512;

    private const byte LineFeed = (byte)'\n';

    // The octets of the present line that were looked at: while they may be a field's name, how many of them; else Skip or Value.
    private const int Skip = -1;
    private const int Value = -2;

    private static readonly byte[][] Names = ["received:"u8.ToArray(), "delivered-to:"u8.ToArray(), "auto-submitted:"u8.ToArray(), "list-id:"u8.ToArray()];

    private readonly List<byte> value = [];
    private List<string>? deliveredTo;
    private List<string>? listIds;
    private bool autoSubmitted;
    private int field;
    private int matched;
    private bool emptySoFar = true;

    /// <summary>The header section is over: an empty line has come.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>Received fields so far.</summary>
    public int ReceivedFields { get; private set; }

    /// <summary>What the fields so far say.</summary>
    public HeaderFacts Facts =>
        deliveredTo is null && listIds is null && !autoSubmitted ? HeaderFacts.None : new(autoSubmitted, listIds ?? [], deliveredTo ?? []);

    public void Feed(ReadOnlySpan<byte> octets)
    {
        while (!AtEnd && !octets.IsEmpty)
        {
            if (matched >= 0)
            {
                Look(octets[0]);
                octets = octets[1..];
                continue;
            }

            var end = octets.IndexOf(LineFeed);
            if (matched == Value)
                Take(end < 0 ? octets : octets[..end]);
            if (end < 0)
                return;
            octets = octets[(end + 1)..];
            if (matched == Value)
                NoteValue();
            StartLine();
        }
    }

    private void Look(byte octet)
    {
        if (octet == LineFeed)
        {
            AtEnd = emptySoFar;
            StartLine();
            return;
        }

        emptySoFar &= octet == '\r';
        // A CR at a line's start may yet be an empty line: look on.
        if (emptySoFar)
            return;
        octet = ToLower(octet);
        if (matched == 0)
            field = Array.FindIndex(Names, name => name[0] == octet);
        if (field < 0 || Names[field][matched] != octet)
        {
            matched = Skip;
            return;
        }

        matched++;
        if (matched != Names[field].Length)
            return;
        matched = field == 0 ? Skip : Value;
        if (field == 0)
            ReceivedFields++;
    }

    private void Take(ReadOnlySpan<byte> octets)
    {
        foreach (var octet in octets[..Math.Min(octets.Length, MaxValueLength - value.Count)])
            value.Add(octet);
    }

    private void NoteValue()
    {
        var text = Encoding.UTF8.GetString([.. value]).Trim();
        value.Clear();
        switch (field)
        {
            case 1:
                Note(ref deliveredTo, text.Trim('<', '>'));
                break;
            case 2:
                // RFC 3834 5: what follows the keyword are parameters and comments.
                autoSubmitted |= !text.Split([';', ' ', '('], 2)[0].Equals("no", StringComparison.OrdinalIgnoreCase);
                break;
            case 3 when text.LastIndexOf('<') is var open && text.LastIndexOf('>') is var close && close > open:
                Note(ref listIds, text[(open + 1)..close].ToLowerInvariant()); // RFC 2919 3
                break;
        }
    }

    private static void Note(ref List<string>? values, string value)
    {
        values ??= [];
        if (values.Count < MaxValues)
            values.Add(value);
    }

    private void StartLine()
    {
        matched = 0;
        emptySoFar = true;
    }

    private static byte ToLower(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
}
