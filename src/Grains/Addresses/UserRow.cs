using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A user.</summary>
/// <param name="Deleting">See the base.</param>
/// <param name="MovingTo">The address that the user is moving to: whoever meets the row finishes that; empty = none.</param>
/// <param name="MailboxId">The user's mailbox.</param>
/// <param name="Settings">What the operator set; no member is null.</param>
/// <param name="Verifier">The password.</param>
/// <param name="WeakPassword">The password is the user's name.</param>
internal sealed record UserRow(
    bool Deleting, string MovingTo, string MailboxId, AccountSettings Settings, ScramVerifier Verifier, bool WeakPassword)
    : NameRow(Deleting)
{
    private const long Kilobyte = 1024;

    public override NameKind Kind => NameKind.User;

    public bool IsMoving => MovingTo.Length > 0;

    public override Resolution Resolution => new()
    {
        Kind = Kind,
        Id = MailboxId,
        Refused = Deleting || IsMoving || !Settings.Enabled,
        Forward = Settings.Forward,
        Copy = Settings.Copy,
        Quota = (Settings.QuotaKb ?? 0) * Kilobyte,
        MaxIn = (Settings.MaxInKb ?? 0) * Kilobyte,
        MaxOut = (Settings.MaxOutKb ?? 0) * Kilobyte,
    };

    public override ReadOnlyMemory<byte> Encode()
    {
        // Format 2 adds the move; it is written only while one runs.
        var record = Begin(IsMoving ? Format : (byte)1, 256)
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
            .Bool(WeakPassword);
        return IsMoving ? record.Text(MovingTo).ToMemory() : record.ToMemory();
    }

    public static UserRow Decode(ref RecordReader record, bool deleting)
    {
        var user = new UserRow(
            deleting,
            "",
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
        return record.Version >= Format ? user with { MovingTo = record.Text() } : user;
    }

    /// <summary>The user with what <paramref name="change"/> names.</summary>
    public UserRow With(AccountChange change) => this with
    {
        Settings = Settings with
        {
            Directory = change.Directory ?? Settings.Directory,
            QuotaKb = change.QuotaKb ?? Settings.QuotaKb,
            Forward = change.Forward ?? Settings.Forward,
            Copy = change.Copy ?? Settings.Copy,
            MaxInKb = change.MaxInKb ?? Settings.MaxInKb,
            MaxOutKb = change.MaxOutKb ?? Settings.MaxOutKb,
            Enabled = change.Enabled ?? Settings.Enabled,
        },
        Verifier = change.Verifier ?? Verifier,
        WeakPassword = change.Verifier is null ? WeakPassword : change.WeakPassword,
    };
}
