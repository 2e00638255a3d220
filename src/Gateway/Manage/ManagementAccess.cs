using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>How a management password was found.</summary>
public enum AccessCheck
{
    Right,
    Wrong,

    /// <summary>It was not looked at: too many logins of the address wait.</summary>
    TooMany,
}

/// <summary>How a change of the management password ended.</summary>
public enum AccessChange
{
    Done,
    OldIncorrect,

    /// <summary>The old one was not looked at: too many logins of the address wait.</summary>
    TooMany,

    /// <summary>Somebody else changed it at the same time.</summary>
    Conflict,
}

/// <summary>
/// The password of the management protocol: kept as a salted slow hash in <see cref="IAccessGrain"/>, checked here. The
/// checks of a gateway run one after another, so that guessing costs one core at most, and addresses take turns; each failure
/// slows the address down on every gateway.
/// </summary>
public sealed partial class ManagementAccess(IGrainFactory grains, TimeProvider time, ILogger<ManagementAccess> logger) : IDisposable
{
    /// <summary>The password until it is changed; it works from loopback only.</summary>
    public const string InitialPassword = "system";

    /// <summary>Rounds of PBKDF2-HMAC-SHA-512: some 100 ms of one core.</summary>
    private const int Iterations = 210_000;

    private readonly LoginTurns turns = new();
    private readonly PasswordHasher<AccessSecret> hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));

    private IAccessGrain Grain => grains.GetGrain<IAccessGrain>(IAccessGrain.TheKey);

    /// <summary>Whether the password is still <see cref="InitialPassword"/>.</summary>
    public async Task<bool> IsInitialAsync() => await Grain.ReadAsync() is null;

    /// <summary>Checks a password, as late as the failures of the address before it demand.</summary>
    public async Task<AccessCheck> CheckAsync(string password, IPAddress client) =>
        (await CheckSecretAsync(password, client)).Check;

    /// <summary>Replaces the password.</summary>
    public async Task<AccessChange> ChangeAsync(string old, string password, IPAddress client)
    {
        var (check, secret) = await CheckSecretAsync(old, client);
        return check switch
        {
            AccessCheck.Right => await ReplaceAsync(secret, password),
            AccessCheck.TooMany => AccessChange.TooMany,
            _ => AccessChange.OldIncorrect,
        };
    }

    /// <summary>Replaces the password whatever it was: for who may write to the stopped store itself.</summary>
    public async Task<AccessChange> ReplaceAsync(string password) => await ReplaceAsync(await Grain.ReadAsync(), password);

    public void Dispose() => turns.Dispose();

    private async Task<AccessChange> ReplaceAsync(AccessSecret? secret, string password)
    {
        var hash = await Task.Run(() => hasher.HashPassword(null!, password));
        return await Grain.ChangeAsync(secret, hash) ? AccessChange.Done : AccessChange.Conflict;
    }

    private async Task<(AccessCheck Check, AccessSecret? Secret)> CheckSecretAsync(string password, IPAddress client)
    {
        using var place = turns.TryBegin(client);
        if (place is null)
            return (AccessCheck.TooMany, null);
        var address = client.ToString();
        var delay = await Grain.DelayOfAsync(address);
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, time);
        var secret = await Grain.ReadAsync();
        if (await MatchesAsync(place, secret, password, client))
        {
            await Grain.SucceedAsync(address);
            return (AccessCheck.Right, secret);
        }

        await Grain.FailAsync(address);
        return (AccessCheck.Wrong, secret);
    }

    private async Task<bool> MatchesAsync(LoginTurns.Place place, AccessSecret? secret, string password, IPAddress client)
    {
        if (secret is not null)
            return await place.CheckAsync(() => hasher.VerifyHashedPassword(secret, secret.Hash, password) != PasswordVerificationResult.Failed);
        if (password != InitialPassword || IPAddress.IsLoopback(client))
            return password == InitialPassword;
        LogInitialFromOutside(client);
        return false;
    }

    [LoggerMessage(311, LogLevel.Warning, "management {Address}: the initial password works from loopback only")]
    private partial void LogInitialFromOutside(IPAddress address);
}
