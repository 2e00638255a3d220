using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace Orleans.Mail.Grains;

/// <summary>The management login: its secret in the store, its throttle in memory.</summary>
[GrainType("access")]
internal sealed class AccessGrain(
    [PersistentState("access", AccessGrain.StorageName)] IPersistentState<AccessGrain.State> state,
    IOptions<AccessOptions> options,
    TimeProvider time) : Grain, IAccessGrain
{
    /// <summary>The grain storage that lives in the row store.</summary>
    internal const string StorageName = "rows";

    private readonly LoginThrottle throttle = new(options.Value, time);

    public Task<AccessSecret?> ReadAsync() => Task.FromResult(state.State.Secret);

    public async Task<bool> ChangeAsync(AccessSecret? expected, string newHash)
    {
        var current = state.State;
        if (current.Secret != expected)
            return false;
        state.State = new State { Secret = new AccessSecret(newHash, (expected?.Version ?? 0) + 1) };
        try
        {
            await state.WriteStateAsync();
            return true;
        }
        catch (InconsistentStateException)
        {
            await state.ReadStateAsync(); // another activation changed it: the caller's expectation was wrong
            return false;
        }
        catch (Exception)
        {
            state.State = current;
            throw;
        }
    }

    public Task<TimeSpan> DelayOfAsync(string address) => Task.FromResult(throttle.DelayOf(address));

    public Task FailAsync(string address)
    {
        throttle.Fail(address);
        return Task.CompletedTask;
    }

    public Task SucceedAsync(string address)
    {
        throttle.Succeed(address);
        return Task.CompletedTask;
    }

    [GenerateSerializer, Alias("mail.AccessGrain.State")]
    internal sealed class State
    {
        /// <summary>Null while the password is the initial one.</summary>
        [Id(0)] public AccessSecret? Secret { get; init; }
    }
}
