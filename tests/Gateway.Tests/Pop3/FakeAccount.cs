namespace Orleans.Mail.Gateway.Tests.Pop3;

/// <summary>An account that knows its login, or nobody.</summary>
internal sealed class FakeAccount(AccountLogin? login) : IAccountGrain
{
    public AccountLogin? Login { get; set; } = login;

    public Exception? Fault { get; set; }

    public Exception? RenewalFault { get; set; }

    /// <summary>How often it was asked.</summary>
    public int Asked { get; private set; }

    public Task<AccountLogin?> GetLoginAsync()
    {
        Asked++;
        return Fault is null ? Task.FromResult(Login) : Task.FromException<AccountLogin?>(Fault);
    }

    public Task<string?> RenewVerifierAsync(ScramVerifier verifier, string version)
    {
        if (RenewalFault is not null)
            return Task.FromException<string?>(RenewalFault);
        if (Login?.Version != version)
            return Task.FromResult<string?>(null);
        Login = Login with { Verifier = verifier, Version = version + "'" };
        return Task.FromResult<string?>(Login.Version);
    }

    public Task<NameResult> CreateAsync(AccountSettings settings, ScramVerifier verifier, bool weakPassword) => throw new NotSupportedException();

    public Task<Account?> ReadAsync() => throw new NotSupportedException();

    public Task<NameResult> ChangeAsync(AccountChange change) => throw new NotSupportedException();

    public Task<NameResult> DeleteAsync() => throw new NotSupportedException();

    public Task<NameResult> MoveAsync(string newAddress) => throw new NotSupportedException();
}
