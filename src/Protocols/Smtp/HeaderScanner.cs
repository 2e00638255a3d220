namespace Orleans.Mail.Protocols.Smtp;

/// <summary>Counts the Received fields in a message's header section while it streams by, in pieces of any length.</summary>
internal struct HeaderScanner
{
    private const byte LineFeed = (byte)'\n';

    // The octets of the present line that were looked at: while they are the field's name, how many of them; else Skip.
    private const int Skip = -1;
    private int matched;
    private bool emptySoFar;

    public HeaderScanner() => emptySoFar = true;

    /// <summary>The header section is over: an empty line has come.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>Received fields so far.</summary>
    public int ReceivedFields { get; private set; }

    private static ReadOnlySpan<byte> Name => "received:"u8;

    public void Feed(ReadOnlySpan<byte> octets)
    {
        while (!AtEnd && !octets.IsEmpty)
        {
            if (matched != Skip)
            {
                Look(octets[0]);
                octets = octets[1..];
                continue;
            }

            var end = octets.IndexOf(LineFeed);
            if (end < 0)
                return;
            octets = octets[(end + 1)..];
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
        matched = ToLower(octet) == Name[matched] ? matched + 1 : Skip;
        if (matched != Name.Length)
            return;
        ReceivedFields++;
        matched = Skip;
    }

    private void StartLine()
    {
        matched = 0;
        emptySoFar = true;
    }

    private static byte ToLower(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
}
