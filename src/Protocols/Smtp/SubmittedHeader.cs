using System.Buffers;
using System.Text;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>What a mail client may leave out and a submission server adds (RFC 6409 section 8).</summary>
/// <param name="From">The address of the user who submits, for a message that says no author; null = leave it out.</param>
/// <param name="Domain">The user's domain: completes an address that has none.</param>
/// <param name="MessageId">For a message without Message-ID, without brackets.</param>
/// <param name="Time">For a message without Date.</param>
public sealed record SubmissionFacts(string? From, string Domain, string MessageId, DateTimeOffset Time);

/// <summary>
/// Completes the header section of a message while it streams by: holds it until its end, then writes it with what was
/// missing and passes the rest on. What is there stays as it is, but for addresses without a domain; those of a signed
/// message stay, too. A header of more than <see cref="MaxLength"/> octets goes as it came.
/// </summary>
public sealed class SubmittedHeader(IBufferWriter<byte> output, SubmissionFacts facts)
{
    /// <summary>Octets of a header section that is completed.</summary>
    public const int MaxLength = 128 * 1024;

    private readonly ArrayBufferWriter<byte> held = new(1024);
    private int lineStart;
    private int scanned;
    private bool isOver;

    /// <summary>Takes the message's next octets; its lines end with CRLF.</summary>
    public void Write(ReadOnlySpan<byte> octets)
    {
        if (isOver)
        {
            output.Write(octets);
            return;
        }

        held.Write(octets);
        var end = FindEnd();
        if (end <= MaxLength)
            Complete(end.Value);
        else if (end is not null || lineStart > MaxLength || held.WrittenCount > 2 * MaxLength)
            PassOn();
    }

    /// <summary>The message is over, perhaps in its header.</summary>
    public void End()
    {
        if (isOver)
            return;
        if (held.WrittenCount > lineStart)
            PassOn(); // its last line has no end
        else
            Complete(held.WrittenCount);
    }

    // Where the header ends: at an empty line, or at a line that is no field; null when that has not come.
    private int? FindEnd()
    {
        while (true)
        {
            var octets = held.WrittenSpan;
            var length = octets[scanned..].IndexOf((byte)'\n');
            if (length < 0)
            {
                scanned = octets.Length;
                return null;
            }

            var line = octets[lineStart..(scanned + length + 1)];
            if (line.SequenceEqual("\r\n"u8) || !HeaderField.MayContinue(line, isFirst: lineStart == 0))
                return lineStart;
            scanned += length + 1;
            lineStart = scanned;
        }
    }

    private void PassOn()
    {
        isOver = true;
        output.Write(held.WrittenSpan);
    }

    private void Complete(int end)
    {
        isOver = true;
        var header = held.WrittenSpan[..end];
        var rest = held.WrittenSpan[end..];
        var fields = HeaderField.Split(header);
        var isSigned = fields.Exists(field => field.Is("DKIM-Signature"u8));
        foreach (var field in fields)
        {
            if (!isSigned && field.HoldsAddresses)
                AddressCompletion.Write(field.Of(header), facts.Domain, output);
            else
                output.Write(field.Of(header));
        }

        AddMissing(fields, isSigned);
        if (!rest.IsEmpty && !rest.StartsWith("\r\n"u8))
            output.Write("\r\n"u8); // else what was added would end in the body
        output.Write(rest);
    }

    // A signature may say that there is no Message-ID; a message without Date or From is none (RFC 5322 3.6).
    private void AddMissing(List<HeaderField> fields, bool isSigned)
    {
        if (!fields.Exists(field => field.Is("Date"u8)))
            Add($"Date: {InternetDate.Format(facts.Time)}\r\n");
        if (facts.From is not null && !fields.Exists(field => field.Is("From"u8)))
            Add($"From: <{facts.From}>\r\n");
        if (!isSigned && !fields.Exists(field => field.Is("Message-ID"u8)))
            Add($"Message-ID: <{facts.MessageId}>\r\n");
    }

    private void Add(string field) => Encoding.UTF8.GetBytes(field, output);
}
