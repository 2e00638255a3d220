using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A row <c>n!local</c> of a domain's partition <c>d!domain</c>: what the name is, whole.</summary>
/// <param name="Deleting">The user is being deleted: whoever meets the row finishes that.</param>
/// <param name="MailboxId">The user's mailbox.</param>
/// <param name="Settings">What the operator set; no member is null.</param>
/// <param name="Verifier">The password.</param>
/// <param name="WeakPassword">The password is the user's name.</param>
internal sealed record NameRow(bool Deleting, string MailboxId, AccountSettings Settings, ScramVerifier Verifier, bool WeakPassword)
    : IRecord<NameRow>
{
    /// <summary>The prefix of names inside a domain's partition.</summary>
    public const string Names = "n!";

    private const byte Format = 1;

    public static string Partition(string domain) => "d!" + KeyText.Escape(domain);

    public static string Key(string local) => Names + KeyText.Escape(local);

    /// <summary>The name that a row's key holds.</summary>
    public static string LocalOf(string key) => KeyText.Unescape(key[Names.Length..]);

    public ReadOnlyMemory<byte> Encode() =>
        new RecordWriter(Format, 256)
            .Byte((byte)NameKind.User)
            .Bool(Deleting)
            .Text(MailboxId)
            .Text(Settings.Directory)
            .Number(Settings.QuotaKb ?? 0)
            .Text(Settings.Forward)
            .Text(Settings.Copy)
            .Number(Settings.MaxInKb ?? 0)
            .Number(Settings.MaxOutKb ?? 0)
            .Bool(Settings.Enabled)
            .Bytes(Verifier.Salt)
            .Number(Verifier.Iterations)
            .Bytes(Verifier.StoredKey)
            .Bytes(Verifier.ServerKey)
            .Bool(WeakPassword)
            .ToMemory();

    public static NameRow Decode(ReadOnlyMemory<byte> value)
    {
        var record = new RecordReader(value.Span, Format);
        var kind = (NameKind)record.Byte();
        if (kind != NameKind.User)
            throw new InvalidDataException($"a name of kind {kind} is not known here");
        return new NameRow(
            record.Bool(),
            record.Text(),
            new AccountSettings
            {
                Directory = record.Text(),
                QuotaKb = record.Number(),
                Forward = record.Text(),
                Copy = record.Text(),
                MaxInKb = record.Number(),
                MaxOutKb = record.Number(),
                Enabled = record.Bool(),
            },
            new ScramVerifier(record.Bytes(), (int)record.Number(), record.Bytes(), record.Bytes()),
            record.Bool());
    }
}
