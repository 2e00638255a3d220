using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// A row <c>a!generation!member</c> of a list's partition <c>l!list</c>: a member. Beside an administrator's stands a row
/// <c>o!generation!member</c> that comes and goes in the same commits, so that nobody looks for administrators among
/// 100,000 members.
/// </summary>
/// <param name="Member">The member.</param>
internal sealed record MemberRow(ListMember Member)
{
    /// <summary>The prefix of members.</summary>
    public const string Members = "a!";

    /// <summary>The prefix of the index of administrators.</summary>
    public const string Administrators = "o!";

    private const byte Format = 1;

    public static string Partition(string listId) => "l!" + KeyText.Escape(listId);

    /// <summary>What the keys of a generation begin with.</summary>
    public static string Prefix(string prefix, int generation) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{generation:x8}!");

    /// <summary>What the key of a member ends with: one address is one member, in whatever case. An address of the largest kind does not fit a key, so it is hashed.</summary>
    public static string TailOf(MailAddress address)
    {
        const int PrefixLength = 16;
        var tail = KeyText.Escape(address.Key);
        return tail.Length <= StoreLimits.KeyLength - PrefixLength ? tail : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(address.Key)));
    }

    public ReadOnlyMemory<byte> Encode() =>
        new RecordWriter(Format, 64).Text(Member.Address).Byte((byte)Member.Type).Number(Member.Bounces).ToMemory();

    public static MemberRow Decode(ReadOnlyMemory<byte> value)
    {
        var record = new RecordReader(value.Span, Format);
        return new MemberRow(new ListMember(record.Text(), (MemberType)record.Byte(), record.Number()));
    }
}
