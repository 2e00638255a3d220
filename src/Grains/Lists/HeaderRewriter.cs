using System.Buffers;
using System.Text;

namespace Orleans.Mail.Grains;

/// <summary>
/// Rewrites the header of a message for its list while the message streams by, in pieces of any length: takes the fields
/// out that the list replaces, adds the list's own, and passes everything else on as it is. It remembers no more than
/// the beginning of a line, so a header may be of any length.
/// </summary>
internal sealed class HeaderRewriter(ListHeader list, IBufferWriter<byte> output)
{
    /// <summary>Octets of a line that are held back until it is known which field it is; longer names are none of ours.</summary>
    private const int MaxHeld = 64;

    /// <summary>Octets that are looked at of a field that tells where the message has been.</summary>
    private const int MaxValue = 1024;

    private readonly byte[] held = new byte[MaxHeld];
    private readonly ArrayBufferWriter<byte> value = new();
    private int heldLength;
    private State state = State.Start;
    private Field field = Field.None;
    private bool listWritten;

    private enum State
    {
        /// <summary>Nothing was written yet.</summary>
        Start,

        /// <summary>At the first octet of a line.</summary>
        LineStart,

        /// <summary>In what may be the name of a field, which is held back.</summary>
        Name,

        /// <summary>In a field that is passed on.</summary>
        Keep,

        /// <summary>In a field that is taken out.</summary>
        Drop,

        /// <summary>Behind the header.</summary>
        Body,
    }

    private enum Field
    {
        None,
        Other,

        /// <summary>On top of the message it stands before the list's fields.</summary>
        Trace,
        Replaced,

        /// <summary>Replaced, and looked at.</summary>
        ListId,

        /// <summary>Passed on, and looked at.</summary>
        DeliveredTo,
    }

    /// <summary>The message was sent by the list before.</summary>
    public bool IsLoop { get; private set; }

    public void Write(ReadOnlySpan<byte> octets)
    {
        if (state == State.Start)
        {
            output.Write(list.Head);
            state = State.LineStart;
        }

        while (!octets.IsEmpty)
        {
            switch (state)
            {
                case State.Body:
                    output.Write(octets);
                    return;
                case State.Keep or State.Drop:
                    octets = octets[WriteLine(octets)..];
                    break;
                default:
                    Look(octets[0]);
                    octets = octets[1..];
                    break;
            }
        }
    }

    /// <summary>The message ends here.</summary>
    public void Complete()
    {
        Write([]);
        if (state != State.Body)
            EndHeader();
    }

    /// <summary>Passes on, or takes out, what is left of a line. Returns how much that is.</summary>
    private int WriteLine(ReadOnlySpan<byte> octets)
    {
        var end = octets.IndexOf((byte)'\n') + 1;
        var line = end > 0 ? octets[..end] : octets;
        if (state == State.Keep)
            output.Write(line);
        if (field is Field.ListId or Field.DeliveredTo)
            value.Write(line[..Math.Min(line.Length, MaxValue - value.WrittenCount)]);
        if (end > 0)
            state = State.LineStart;
        return line.Length;
    }

    private void Look(byte octet)
    {
        if (state == State.LineStart)
            heldLength = 0;
        held[heldLength++] = octet;
        if (state == State.LineStart && octet is (byte)' ' or (byte)'\t' && field != Field.None)
        {
            ContinueField(); // RFC 5322 2.2.3: folded
            return;
        }

        state = State.Name;
        if (octet == ':' && heldLength > 1)
            StartField(Find(held.AsSpan(0, heldLength - 1)));
        else if (!IsNameSoFar())
            EndHeader(); // an empty line, or what is no field and so belongs to the body
        else if (heldLength == MaxHeld)
            StartField(Field.Other);
    }

    /// <summary>A name is printable ASCII (RFC 5322 2.2); before the colon old mail has spaces (4.5).</summary>
    private bool IsNameSoFar()
    {
        var name = held.AsSpan(0, heldLength).TrimEnd(" \t"u8);
        return !name.IsEmpty && !name.ContainsAnyExceptInRange((byte)'!', (byte)'~');
    }

    private static Field Find(ReadOnlySpan<byte> name)
    {
        name = name.TrimEnd(" \t"u8);
        return Is(name, "received"u8) ? Field.Trace
            : Is(name, "list-id"u8) ? Field.ListId
            : Is(name, "delivered-to"u8) ? Field.DeliveredTo
            : Is(name, "return-path"u8) || Is(name, "sender"u8) || Is(name, "precedence"u8) || Is(name, "list-post"u8) ? Field.Replaced
            : Field.Other;
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> other) => Ascii.EqualsIgnoreCase(name, other);

    private void StartField(Field found)
    {
        EndField();
        field = found;
        if (found is Field.Other or Field.DeliveredTo)
            WriteListFields();
        ContinueField();
    }

    private void ContinueField()
    {
        state = field is Field.Replaced or Field.ListId ? State.Drop : State.Keep;
        if (state == State.Keep)
            output.Write(held.AsSpan(0, heldLength));
        heldLength = 0;
    }

    private void EndHeader()
    {
        EndField();
        WriteListFields();
        output.Write(held.AsSpan(0, heldLength));
        heldLength = 0;
        state = State.Body;
    }

    private void WriteListFields()
    {
        if (!listWritten)
            output.Write(list.Fields);
        listWritten = true;
    }

    /// <summary>A field that tells where the message has been is complete.</summary>
    private void EndField()
    {
        var text = Encoding.UTF8.GetString(value.WrittenSpan);
        value.ResetWrittenCount();
        IsLoop |= field switch
        {
            Field.ListId => text.Contains($"<{list.Id}>", StringComparison.OrdinalIgnoreCase),
            Field.DeliveredTo => MailAddress.TryParse(text.Trim(), out var address) && address.Key == list.List.Key,
            _ => false,
        };
        field = Field.None;
    }
}
