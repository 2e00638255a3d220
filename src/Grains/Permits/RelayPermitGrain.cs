using Orleans.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A permit of POP before SMTP. Its end is in the store; a permit that has ended goes with its activation.</summary>
[GrainType("permit")]
internal sealed class RelayPermitGrain(
    [PersistentState("permit", AccessGrain.StorageName)] IPersistentState<RelayPermitGrain.State> state,
    TimeProvider time) : Grain, IRelayPermitGrain
{
    // Mail clients log in every few minutes, and not each time is worth a commit: after the death of its process a permit
    // may end sooner by this part of its time.
    private const int SlackPart = 10;

    private DateTimeOffset end;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        end = state.State.End;
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (state.RecordExists && end <= time.GetUtcNow())
            await state.ClearStateAsync(cancellationToken);
    }

    public async Task GrantAsync(TimeSpan span)
    {
        var next = time.GetUtcNow() + span;
        if (next <= end)
            return;
        if (next - state.State.End > span / SlackPart)
            await WriteAsync(next);
        end = next;
        DelayDeactivation(span);
    }

    public Task<bool> HoldsAsync() => Task.FromResult(time.GetUtcNow() < end);

    private async Task WriteAsync(DateTimeOffset next)
    {
        var before = state.State;
        try
        {
            state.State = new State { End = next };
            await state.WriteStateAsync();
        }
        catch (InconsistentStateException)
        {
            await state.ReadStateAsync(); // another activation wrote its own end: ours counts from now
            state.State = new State { End = next };
            await state.WriteStateAsync();
        }
        catch (Exception)
        {
            state.State = before;
            throw;
        }
    }

    [GenerateSerializer, Alias("mail.RelayPermitGrain.State")]
    internal sealed class State
    {
        /// <summary>When the permit ends.</summary>
        [Id(0)] public DateTimeOffset End { get; init; }
    }
}
