using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A row of the partition <c>domains</c>: a domain of ours.</summary>
/// <param name="Deleting">Nothing in it resolves any more; the row goes when its names are gone.</param>
/// <param name="Settings">What the operator set.</param>
internal sealed record DomainRow(bool Deleting, DomainSettings Settings) : IRecord<DomainRow>
{
    public const string Partition = "domains";
    private const byte Format = 1;

    public static string Key(string domain) => KeyText.Escape(domain);

    public static string NameOf(string key) => KeyText.Unescape(key);

    public ReadOnlyMemory<byte> Encode() =>
        new RecordWriter(Format)
            .Bool(Deleting)
            .Number(Settings.DefaultMaxInKb)
            .Number(Settings.DefaultMaxOutKb)
            .Number(Settings.MaxInKb)
            .Number(Settings.MaxOutKb)
            .Text(Settings.DefaultMailbox)
            .Number(Settings.DefaultQuotaKb)
            .Number(Settings.MaxUsers)
            .ToMemory();

    public static DomainRow Decode(ReadOnlyMemory<byte> value)
    {
        var record = new RecordReader(value.Span, Format);
        return new DomainRow(record.Bool(), new DomainSettings
        {
            DefaultMaxInKb = record.Number(),
            DefaultMaxOutKb = record.Number(),
            MaxInKb = record.Number(),
            MaxOutKb = record.Number(),
            DefaultMailbox = record.Text(),
            DefaultQuotaKb = record.Number(),
            MaxUsers = (int)record.Number(),
        });
    }
}
