using System.Buffers.Binary;
using System.Text;

namespace Orleans.Mail.TestKit.Dns;

/// <summary>Writes answers as RFC 1035 4 has them, without compression.</summary>
internal sealed class DnsAnswer
{
    private const ushort Internet = 1;
    private readonly List<byte> message = [];

    private DnsAnswer(ReadOnlySpan<byte> query, int questionEnd, int code, bool truncated, int answers, int authorities)
    {
        message.AddRange(query[..2]);
        const ushort ResponseRecursive = 0x8180;
        const ushort Truncated = 0x0200;
        Number((ushort)(ResponseRecursive | code | (truncated ? Truncated : 0)));
        Number(1);
        Number((ushort)answers);
        Number((ushort)authorities);
        Number(0);
        message.AddRange(query[12..questionEnd]);
    }

    /// <param name="query">The question's message.</param>
    /// <param name="questionEnd">Where its question ends.</param>
    /// <param name="code">The response code.</param>
    /// <param name="records">The answers.</param>
    /// <param name="negativeTime">When there are none: the minimum of the SOA that says so; null = no SOA.</param>
    /// <param name="truncated">It says that it does not fit.</param>
    public static byte[] Write(ReadOnlySpan<byte> query, int questionEnd, int code, IReadOnlyList<DnsRecord> records, uint? negativeTime, bool truncated = false)
    {
        var answer = new DnsAnswer(query, questionEnd, code, truncated, records.Count, negativeTime is null ? 0 : 1);
        foreach (var record in records)
            answer.Record(record);
        if (negativeTime is { } time)
            answer.Authority(time);
        return [.. answer.message];
    }

    /// <summary>Reads the one question of a query.</summary>
    public static (string Name, ushort Type, int End) ReadQuestion(ReadOnlySpan<byte> query)
    {
        var labels = new List<string>();
        var at = 12;
        while (query[at] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(query.Slice(at + 1, query[at])));
            at += query[at] + 1;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(query[(at + 1)..]);
        return (string.Join('.', labels).ToLowerInvariant(), type, at + 5);
    }

    private void Record(DnsRecord record)
    {
        var data = new DnsData();
        switch (record.Type)
        {
            case DnsRecord.Mx:
                data.Number((ushort)record.Preference);
                data.Name(record.Target);
                break;
            case DnsRecord.Cname:
                data.Name(record.Target);
                break;
            default:
                data.Octets(record.Address!.GetAddressBytes());
                break;
        }

        Head(record.Name, record.Type, record.TimeToLive, data);
    }

    private void Authority(uint time)
    {
        var data = new DnsData();
        data.Name("ns.test");
        data.Name("hostmaster.test");
        for (var i = 0; i < 4; i++)
            data.Long(1);
        data.Long(time);
        Head("test", DnsRecord.Soa, 86_400, data);
    }

    private void Head(string name, ushort type, uint timeToLive, DnsData data)
    {
        var head = new DnsData();
        head.Name(name);
        head.Number(type);
        head.Number(Internet);
        head.Long(timeToLive);
        head.Number((ushort)data.Length);
        message.AddRange(head.Octets());
        message.AddRange(data.Octets());
    }

    private void Number(ushort value) => message.AddRange([(byte)(value >> 8), (byte)value]);

    private sealed class DnsData
    {
        private readonly List<byte> octets = [];

        public int Length => octets.Count;

        public byte[] Octets() => [.. octets];

        public void Octets(byte[] more) => octets.AddRange(more);

        public void Number(ushort value) => octets.AddRange([(byte)(value >> 8), (byte)value]);

        public void Long(uint value)
        {
            Number((ushort)(value >> 16));
            Number((ushort)value);
        }

        public void Name(string name)
        {
            foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
            {
                octets.Add((byte)label.Length);
                octets.AddRange(Encoding.ASCII.GetBytes(label));
            }

            octets.Add(0);
        }
    }
}
