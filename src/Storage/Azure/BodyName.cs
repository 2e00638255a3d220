using System.Globalization;

namespace Orleans.Mail.Storage.Azure;

/// <summary>
/// A body's id here: 48 bits of milliseconds and 16 of chance above, 64 of chance below. Gateways make them without asking
/// anybody. The names spread bodies over 256 partitions, in order of time in each.
/// </summary>
internal readonly record struct BodyName(ulong High, ulong Low)
{
    private const int ChanceBits = 16;
    private const int HalfLength = 16;

    /// <summary>The partition of the table and the folder of the container.</summary>
    public string Partition => BodySpread.Of(High, Low).ToString("x2", CultureInfo.InvariantCulture);

    public string Key => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");

    public string BlobName => $"{Partition}/{Key}";

    public DateTimeOffset Created => DateTimeOffset.FromUnixTimeMilliseconds((long)(High >> ChanceBits));

    public static BodyName New(DateTimeOffset now) => new(
        ((ulong)now.ToUnixTimeMilliseconds() << ChanceBits) | (uint)Random.Shared.Next(1 << ChanceBits),
        (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));

    public static BodyName Of(BodyRef body) => new(body.High, body.Low);

    public static BodyName Parse(ReadOnlySpan<char> key) => new(
        ulong.Parse(key[..HalfLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
        ulong.Parse(key[HalfLength..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    public BodyRef ToRef(long size, BodyPlace place) => new(High, Low, size, place, Shared: false);
}
