namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>The account face of an address.</summary>
internal sealed class FakeAccount(FakeCluster cluster, string key) : IAccountGrain
{
    private string Local => key[..key.LastIndexOf('@')];

    private FakeDomain? Domain => cluster.Domains.GetValueOrDefault(key[(key.LastIndexOf('@') + 1)..]);

    private FakeUser? User
    {
        get => Domain?.Users.GetValueOrDefault(Local);
        set
        {
            if (value is null)
                Domain!.Users.Remove(Local);
            else
                Domain!.Users[Local] = value;
        }
    }

    public Task<NameResult> CreateAsync(AccountSettings settings, ScramVerifier verifier, bool weakPassword)
    {
        cluster.Called(nameof(CreateAsync));
        if (Domain is not { } domain)
            return Task.FromResult(new NameResult(NameOutcome.NoDomain));
        if (domain.FindTaken(key) is { } taken)
            return Task.FromResult(taken);
        if (domain.Settings.MaxUsers > 0 && domain.Users.Count >= domain.Settings.MaxUsers)
            return Task.FromResult(new NameResult(NameOutcome.DomainFull));
        User = new FakeUser(settings with { QuotaKb = settings.QuotaKb ?? domain.Settings.DefaultQuotaKb }, verifier, weakPassword, "box-" + key);
        return Task.FromResult(new NameResult(NameOutcome.Done));
    }

    public Task<Account?> ReadAsync()
    {
        cluster.Called(nameof(ReadAsync));
        return Task.FromResult(User is { } user ? new Account(user.MailboxId, user.Settings, user.Weak) : null);
    }

    public Task<NameResult> ChangeAsync(AccountChange change)
    {
        cluster.Called(nameof(ChangeAsync));
        if (User is not { } user)
            return Task.FromResult(new NameResult(NameOutcome.NotFound));
        var old = user.Settings;
        User = user with
        {
            Settings = new AccountSettings
            {
                Directory = change.Directory ?? old.Directory,
                QuotaKb = change.QuotaKb ?? old.QuotaKb,
                Forward = change.Forward ?? old.Forward,
                Copy = change.Copy ?? old.Copy,
                MaxInKb = change.MaxInKb ?? old.MaxInKb,
                MaxOutKb = change.MaxOutKb ?? old.MaxOutKb,
                Enabled = change.Enabled ?? old.Enabled,
            },
            Verifier = change.Verifier ?? user.Verifier,
            Weak = change.Verifier is null ? user.Weak : change.WeakPassword,
        };
        return Task.FromResult(new NameResult(NameOutcome.Done));
    }

    public Task<NameResult> DeleteAsync()
    {
        cluster.Called(nameof(DeleteAsync));
        if (User is null)
            return Task.FromResult(new NameResult(NameOutcome.NotFound));
        User = null;
        return Task.FromResult(new NameResult(NameOutcome.Done));
    }

    public Task<NameResult> MoveAsync(string newAddress)
    {
        cluster.Called(nameof(MoveAsync));
        if (User is not { } user)
            return Task.FromResult(new NameResult(NameOutcome.NotFound));
        if (cluster.Domains.GetValueOrDefault(newAddress[(newAddress.LastIndexOf('@') + 1)..]) is not { } domain)
            return Task.FromResult(new NameResult(NameOutcome.NoDomain));
        if (newAddress != key && domain.FindTaken(newAddress) is { } taken)
            return Task.FromResult(taken);
        if (newAddress != key && domain != Domain && domain.Settings.MaxUsers > 0 && domain.Users.Count >= domain.Settings.MaxUsers)
            return Task.FromResult(new NameResult(NameOutcome.DomainFull));
        User = null;
        domain.Users[newAddress[..newAddress.LastIndexOf('@')]] = user;
        return Task.FromResult(new NameResult(NameOutcome.Done));
    }

    public Task<string?> RenewVerifierAsync(ScramVerifier verifier, string version) => throw new NotSupportedException();

    public Task<AccountLogin?> GetLoginAsync()
    {
        cluster.Called(nameof(GetLoginAsync));
        return Task.FromResult(User is { Verifier: { } verifier } user ? new AccountLogin(user.MailboxId, verifier, "1", user.Settings.Enabled, user.Weak) : null);
    }
}
