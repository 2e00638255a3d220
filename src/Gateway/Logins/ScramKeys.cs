using System.Security.Cryptography;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>
/// Makes verifiers from passwords and checks passwords against them. PBKDF2 is slow by intent: it runs off the caller's
/// thread, on all processors but one, so that many logins at once do not stop the other sessions.
/// </summary>
public sealed class ScramKeys(LoginOptions options, LoginMetrics metrics) : IDisposable
{
    // A flood of wrong passwords must not make the right ones wait without end: past this a login is a temporary failure.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim processors = new(Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>A verifier of <paramref name="password"/> with a new salt and <see cref="LoginOptions.ScramIterations"/>.</summary>
    public Task<ScramVerifier> CreateAsync(string password) =>
        RunAsync(() =>
        {
            metrics.CountDerivation();
            return Scram.Derive(password, RandomNumberGenerator.GetBytes(Scram.SaltLength), options.ScramIterations);
        });

    /// <summary>Whether <paramref name="password"/> is the one of <paramref name="verifier"/>. Always one PBKDF2, in the same time.</summary>
    public Task<bool> MatchAsync(ScramVerifier verifier, string password) => RunAsync(() => Matches(verifier, password));

    /// <summary>The same, but null and without PBKDF2 when nobody wants to know it any more as soon as its turn has come, which may take seconds.</summary>
    public Task<bool?> MatchAsync(ScramVerifier verifier, string password, Func<bool> isWanted) =>
        RunAsync<bool?>(() => isWanted() ? Matches(verifier, password) : null);

    /// <summary>A verifier that no password matches, and that costs as much to check as a new one.</summary>
    public ScramVerifier CreateUnmatchable() => new(
        RandomNumberGenerator.GetBytes(Scram.SaltLength),
        options.ScramIterations,
        RandomNumberGenerator.GetBytes(Scram.KeyLength),
        RandomNumberGenerator.GetBytes(Scram.KeyLength));

    public void Dispose() => processors.Dispose();

    private bool Matches(ScramVerifier verifier, string password)
    {
        metrics.CountDerivation();
        return Scram.Matches(verifier, password);
    }

    private async Task<T> RunAsync<T>(Func<T> derive)
    {
        if (!await processors.WaitAsync(Patience))
            throw new TimeoutException("too many passwords wait to be checked");
        try
        {
            return await Task.Run(derive, CancellationToken.None);
        }
        finally
        {
            processors.Release();
        }
    }
}
