using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A row of the partition <c>domains</c>: a domain of ours.</summary>
/// <param name="Deleting">Nothing in it resolves any more; the row goes when its names are gone.</param>
/// <param name="Settings">What the operator set.</param>
internal sealed record DomainRow(bool Deleting, DomainSettings Settings) : IRecord<DomainRow>
{
    public const string Partition = "domains";
    private const byte Format = 2; // 2: footers

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
            .Text(Settings.IncomingFooter.File)
            .Text(Settings.IncomingFooter.Text)
            .Text(Settings.OutgoingFooter.File)
            .Text(Settings.OutgoingFooter.Text)
            .Byte((byte)Settings.ShowFooter)
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
            IncomingFooter = record.Version > 1 ? new DomainFooter(record.Text(), record.Text()) : DomainFooter.None,
            OutgoingFooter = record.Version > 1 ? new DomainFooter(record.Text(), record.Text()) : DomainFooter.None,
            ShowFooter = record.Version > 1 ? (FooterChoice)record.Byte() : FooterChoice.Given,
        });
    }
}
