using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Orleans.Mail.Grains;

/// <summary>Counts what an account sends in a day. After the death of its process a hundredth of the cap may be forgotten: not each message is worth a commit.</summary>
[GrainType("sendingcap")]
internal sealed partial class SendingCapGrain(
    [PersistentState("sent", AccessGrain.StorageName)] IPersistentState<SendingCapGrain.State> state,
    TimeProvider time,
    ILogger<SendingCapGrain> logger) : Grain, ISendingCapGrain
{
    private const int SlackPart = 100;

    private State now = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        now = state.State;
        return Task.CompletedTask;
    }

    public async Task<bool> CountAsync(int recipients, int cap)
    {
        var day = time.GetUtcNow().UtcDateTime.Date.Ticks / TimeSpan.TicksPerDay;
        var before = now.Day == day ? now.Recipients : 0;
        now = new State { Day = day, Recipients = before + recipients };
        var written = state.State.Day == day ? state.State.Recipients : 0;
        if (now.Recipients - written >= Math.Max(1, cap / SlackPart))
            await WriteAsync();
        if (now.Recipients <= cap)
            return true;
        if (before <= cap)
            LogOver(this.GetPrimaryKeyString(), cap);
        return false;
    }

    private async Task WriteAsync()
    {
        try
        {
            state.State = now;
            await state.WriteStateAsync();
        }
        catch (InconsistentStateException)
        {
            await state.ReadStateAsync(); // another activation counts, too: the larger number stays
            if (state.State.Day == now.Day && state.State.Recipients > now.Recipients)
                now = state.State;
        }
    }

    [LoggerMessage(531, LogLevel.Error, "Account {Account} has sent to more than {Cap} recipients today: the rest is held, see QUEUE SHOW SENDER= and QUEUE RELEASE")]
    private partial void LogOver(string account, int cap);

    /// <summary>What the store keeps.</summary>
    [GenerateSerializer, Alias("mail.SendingCapState")]
    public sealed record State
    {
        /// <summary>Days since 0001-01-01, UTC.</summary>
        [Id(0)] public long Day { get; init; }

        [Id(1)] public int Recipients { get; init; }
    }
}
