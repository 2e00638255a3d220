using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Orleans.Mail.Protocols.Manage;

/// <summary>
/// Reads lines from people at a telnet client and from programs, across any packet boundaries. CRLF, LF and CR NUL (RFC
/// 854) end a line; backspace and delete take the last character back; NUL and telnet commands are skipped.
/// </summary>
public sealed class ManageLineReader
{
    /// <summary>Octets of a line without its end. A longer one is thrown away to its end.</summary>
    public const int MaxLength = 8192;

    private readonly byte[] line = new byte[MaxLength];
    private TelnetFilter telnet;
    private int length;
    private bool tooLong;
    private bool afterCarriageReturn;

    /// <summary>Takes octets from <paramref name="input"/> up to the end of a line; all of them when no line ends there.</summary>
    public bool TryRead(ref ReadOnlySequence<byte> input, out ManageLine result)
    {
        var reader = new SequenceReader<byte>(input);
        while (reader.TryRead(out var octet))
        {
            if (!telnet.IsData(octet) || !EndsLine(octet))
                continue;
            input = reader.UnreadSequence;
            result = Finish();
            return true;
        }

        input = input.Slice(input.End);
        result = default;
        return false;
    }

    private bool EndsLine(byte octet)
    {
        var pending = afterCarriageReturn;
        afterCarriageReturn = false;
        if (pending && octet is (byte)'\n' or 0)
            return true;
        if (pending)
            Append((byte)'\r');
        switch (octet)
        {
            case (byte)'\n':
                return true;
            case (byte)'\r':
                afterCarriageReturn = true;
                break;
            case 0:
                break;
            case (byte)'\b' or 0x7f:
                Erase();
                break;
            default:
                Append(octet);
                break;
        }

        return false;
    }

    private void Append(byte octet)
    {
        if (length == MaxLength)
            tooLong = true;
        else
            line[length++] = octet;
    }

    /// <summary>Takes back one character: its first octet and the octets that continue it.</summary>
    private void Erase()
    {
        const int ContinuationMask = 0xC0;
        const int Continuation = 0x80;
        var last = length;
        while (last > 0 && (line[last - 1] & ContinuationMask) == Continuation)
            last--;
        length = Math.Max(0, last - 1);
    }

    private ManageLine Finish()
    {
        var octets = line.AsSpan(0, length);
        var result = tooLong ? new ManageLine("", ManageLineFault.TooLong)
            : !Utf8.IsValid(octets) ? new ManageLine("", ManageLineFault.NotText)
            : new ManageLine(Encoding.UTF8.GetString(octets), ManageLineFault.None);
        length = 0;
        tooLong = false;
        return result;
    }
}
