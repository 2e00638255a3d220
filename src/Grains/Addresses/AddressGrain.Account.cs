namespace Orleans.Mail.Grains;

/// <summary>The account face: a user.</summary>
internal sealed partial class AddressGrain
{
    async Task<NameResult> IAccountGrain.CreateAsync(AccountSettings settings, ScramVerifier verifier, bool weakPassword)
    {
        using (await writers.EnterAsync())
        {
            if (await BeginWritingAsync() is not null)
                return Taken();
            return await InsertAsync(defaults => new UserRow(
                Deleting: false,
                MovingTo: "",
                MessageId.New(time).ToString(),
                settings with
                {
                    QuotaKb = settings.QuotaKb ?? defaults.DefaultQuotaKb,
                    MaxInKb = settings.MaxInKb ?? defaults.DefaultMaxInKb,
                    MaxOutKb = settings.MaxOutKb ?? defaults.DefaultMaxOutKb,
                },
                verifier,
                weakPassword));
        }
    }

    async Task<Account?> IAccountGrain.ReadAsync() =>
        await ReadAsync<UserRow>(TimeSpan.Zero) is { } user ? new Account(user.MailboxId, user.Settings, user.WeakPassword) : null;

    async Task<NameResult> IAccountGrain.ChangeAsync(AccountChange change)
    {
        using (await writers.EnterAsync())
        {
            while (await BeginWritingAsync() is UserRow { Deleting: false } user)
            {
                if (await row.WriteAsync(user.With(change)))
                    return new NameResult(NameOutcome.Done);
            }

            return Absent(NameOutcome.NotFound);
        }
    }

    async Task<NameResult> IAccountGrain.DeleteAsync()
    {
        using (await writers.EnterAsync())
            return await DeleteAsync<UserRow>();
    }

    public async Task<AccountLogin?> GetLoginAsync()
    {
        return await ReadAsync<UserRow>(options.LoginFreshness) is { } user
            ? new AccountLogin(user.MailboxId, user.Verifier, row.Version, user.Settings.Enabled && !user.IsMoving, user.WeakPassword)
            : null;
    }

    public async Task<string?> RenewVerifierAsync(ScramVerifier verifier, string version)
    {
        using (await writers.EnterAsync())
        {
            var isSame = await BeginWritingAsync() is UserRow { Deleting: false } && row.Version == version;
            return isSame && row.Value is UserRow user && await row.WriteAsync(user with { Verifier = verifier }) ? row.Version : null;
        }
    }

    public async Task<NameResult> MoveAsync(string newAddress)
    {
        using (await writers.EnterAsync())
        {
            while (await BeginWritingAsync() is UserRow { Deleting: false } user)
            {
                if (newAddress == Address)
                    return new NameResult(NameOutcome.Done);
                await PromiseWorkAsync();
                var moving = user with { MovingTo = newAddress };
                if (await row.WriteAsync(moving))
                    return await FinishMoveAsync(moving);
            }

            return Absent(NameOutcome.NotFound);
        }
    }

    public async Task<NameResult> AdoptAsync(MovedAccount moved)
    {
        var (mailboxId, settings, weakPassword) = moved.Account;

        // Without a turn: whoever holds it may be moving himself, and wait for the one who asks.
        if (await row.RefreshAsync() is not null)
            return Held(mailboxId);
        using (await writers.EnterAsync())
        {
            if (await row.RefreshAsync() is not null)
                return Held(mailboxId);
            return await InsertAsync(_ => new UserRow(Deleting: false, MovingTo: "", mailboxId, settings, moved.Verifier, weakPassword));
        }
    }

    /// <summary>The name has somebody: the user who moves here, who asked before, or another.</summary>
    private NameResult Held(string mailboxId) =>
        row.Value is UserRow user && user.MailboxId == mailboxId ? new NameResult(NameOutcome.Done) : Taken();

    /// <summary>Writes a user into the empty row, if the domain has room.</summary>
    private async Task<NameResult> InsertAsync(Func<DomainSettings, UserRow> user)
    {
        var admission = await Domain.AdmitUserAsync();
        if (admission.Settings is not { } defaults)
            return Absent(admission.Result);
        NameResult result;
        if (await row.WriteAsync(user(defaults)))
        {
            result = await KeepIfDomainStandsAsync();
        }
        else
        {
            await row.ReadAsync();
            result = Taken();
        }

        // Not after an exception: the user may exist, and a count too high is corrected before it refuses anybody.
        if (result.Outcome != NameOutcome.Done)
            await Domain.DismissUserAsync();
        return result;
    }

    /// <summary>The new row first, then the old one goes: at any moment the user has at least one name, and mail for a marked one waits.</summary>
    private async Task<NameResult> FinishMoveAsync(UserRow user)
    {
        var account = new Account(user.MailboxId, user.Settings, user.WeakPassword);
        var result = await GrainFactory.GetGrain<IAddressWork>(user.MovingTo).AdoptAsync(new MovedAccount(account, user.Verifier));
        if (result.Outcome != NameOutcome.Done)
        {
            await row.WriteAsync(user with { MovingTo = "" }); // not moved: the user stays
            return result;
        }

        if (await row.DeleteAsync())
            await Domain.DismissUserAsync();
        Leave();
        return result;
    }

    private async Task FinishDeletionAsync(UserRow user)
    {
        await GrainFactory.GetGrain<IMailboxGrain>(user.MailboxId).CloseAsync();
        if (!await row.DeleteAsync())
            return; // another activation was faster
        await Domain.DismissUserAsync();
        Leave();
    }
}
