using System.Diagnostics;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>The entries in memory for one domain of other hosts. It asks the relay for places and sends message after message.</summary>
internal sealed class DestinationFeed
{
    /// <summary>Messages that go through one place before it is given up for others.</summary>
    private const int MessagesInARow = 100;

    /// <summary>How long a destination that takes nothing is not asked again for what failed before.</summary>
    private static readonly TimeSpan ClosedFor = TimeSpan.FromSeconds(5);

    private readonly QueueShard shard;
    private readonly QueuePartition partition;
    private readonly string destination;
    private readonly string domain;
    private readonly FeedLane[] lanes = [new(), new(), new(), new()];
    private RelayEntrance.Closed? closed;
    private DateTimeOffset closedAt;
    private DateTimeOffset foreignUntil;
    private bool skippedAgain;

    /// <param name="shard">The shard.</param>
    /// <param name="partition">Its partition.</param>
    /// <param name="destination">What the keys of its entries begin with.</param>
    /// <param name="address">An address there.</param>
    public DestinationFeed(QueueShard shard, QueuePartition partition, string destination, string address)
    {
        this.shard = shard;
        this.partition = partition;
        this.destination = destination;
        var name = address[(address.LastIndexOf('@') + 1)..];
        domain = DomainName.TryParse(name, out var parsed) ? parsed : name; // a literal is as it is
    }

    /// <summary>Entries in memory.</summary>
    public int Count { get; set; }

    /// <summary>Where in the entries of the destination to look for what the store has beside; null when nothing was left there.</summary>
    public RowRange? Skipped { get; set; }

    /// <summary>Waits for being refilled.</summary>
    public bool IsRefilled { get; set; }

    private DateTimeOffset Now => shard.Services.Time.GetUtcNow();

    /// <summary>Something due was left in the store, for there is enough in memory.</summary>
    public void Skip()
    {
        if (Skipped is null)
            Skipped = RowRange.Prefix(partition.Name, destination);
        else
            skippedAgain = true;
    }

    /// <summary>What was left has been brought, up to here.</summary>
    public void Refilled(RowRange? rest)
    {
        Skipped = rest;
        if (rest is null && skippedAgain)
        {
            skippedAgain = false;
            Skip();
        }
        else if (rest is null && Count == 0)
        {
            partition.Feeds.Remove(destination);
        }
    }

    /// <summary>An operator believes that the destination takes mail again: it is asked.</summary>
    public void Reopen() => closed = null;

    public void Offer(QueueItem item)
    {
        var lane = DueLane.ToRelay(item.Row.Lane);
        if (lane == RelayLane.Retry && closed is { } answer && Now - closedAt < ClosedFor)
        {
            PutOff(item, answer, shard.Services.Outcomes.NewReportNumber());
            return;
        }

        lanes[(int)lane].Add(item);
        Start(lane);
    }

    /// <summary>Whether the feed is to be called when the lane has a turn for it; false when it will be already.</summary>
    public bool Wait(RelayLane lane)
    {
        var waits = lanes[(int)lane].Waits;
        lanes[(int)lane].Waits = true;
        return !waits;
    }

    /// <summary>The lane has a turn.</summary>
    public void Admit(RelayLane lane)
    {
        lanes[(int)lane].Waits = false;
        Start(lane);
    }

    /// <summary>An entry has left the memory.</summary>
    public void Left(QueueItem item)
    {
        Count--;
        if (Count <= QueueWindow.OfDestinationInNeed / 2 && Skipped is not null)
            shard.Pump.Refill(partition, this);
        else if (Count == 0)
            partition.Feeds.Remove(destination);
    }

    private void Start(RelayLane lane)
    {
        var state = lanes[(int)lane];
        while (state.Ready > state.Entering && state.Runners < shard.Services.Options.Places && shard.Services.Relay is { } relay)
        {
            if (shard.IsStopped || !shard.Gates.TryEnter(lane, this))
                return;
            state.Runners++;
            state.Entering++;
            _ = RunAsync(relay, lane, state);
        }
    }

    /// <summary>From the wait for a place to its end. Never fails.</summary>
    private async Task RunAsync(IRelay relay, RelayLane lane, FeedLane state)
    {
        Activity.Current = null; // no part of the trace of whoever started it
        try
        {
            if (await FindEntranceAsync(relay, lane, state) is { } entrance)
                await EnterAsync(entrance, state);
            else
                await RerouteAsync(state);
        }
        catch (OperationCanceledException) when (shard.IsStopped)
        {
            // What was not sent is given back, or repeated when its time comes.
        }
        catch (Exception failure)
        {
            shard.LogFeedFailed(failure, domain);
            while (state.Take() is { } group)
                group.Items.ForEach(item => shard.Pump.Rest(item, Now + QueueShard.Rest));
        }
        finally
        {
            state.Runners--;
            shard.Gates.Leave(lane);
            Start(lane);
        }
    }

    /// <summary>Null when the domain is one of ours by now.</summary>
    private async Task<RelayEntrance?> FindEntranceAsync(IRelay relay, RelayLane lane, FeedLane state)
    {
        try
        {
            if (await IsOursAsync())
                return null;
            return await Task.Run(() => relay.EnterAsync(domain, lane, shard.Stopping), shard.Stopping); // nothing for a grain's turn
        }
        finally
        {
            state.Entering--;
        }
    }

    private async Task EnterAsync(RelayEntrance entrance, FeedLane state)
    {
        switch (entrance)
        {
            case RelayEntrance.Open open:
                closed = null;
                await using (open.Place)
                {
                    for (var sent = 0; sent < MessagesInARow && !shard.IsStopped && state.Take() is { } group; sent++)
                        await SendAsync(open.Place, group);
                }

                break;
            case RelayEntrance.Closed answer:
                closed = answer;
                closedAt = Now;
                EndAll((item, number) => PutOff(item, answer, number));
                break;
            case RelayEntrance.Refused refused:
                EndAll((item, number) => End(item, new RelayOutcome(RelayVerdict.Failed, refused.Status, ""), Now, number));
                break;
        }
    }

    private async Task SendAsync(IRelayPlace place, MessageGroup group)
    {
        await ClaimAsync(group);
        if (group.Items.Count == 0)
            return;
        var began = Now;
        var items = group.Items;
        var message = group.ToMessage(() => HoldsStill(items));
        RelayReport report;
        var number = shard.Services.Outcomes.NewReportNumber();
        try
        {
            report = await Task.Run(() => place.SendAsync(message, shard.Stopping), shard.Stopping);
        }
        catch (OperationCanceledException) when (shard.IsStopped)
        {
            items.ForEach(item => _ = shard.GiveBackAsync(item)); // the message's end was not sent
            throw;
        }
        catch (Exception)
        {
            foreach (var item in items.ToArray())
            {
                if (shard.MayRest(item))
                    shard.Pump.Rest(item, Now + QueueShard.Rest);
                else
                    End(item, new RelayOutcome(RelayVerdict.Later, QueueShard.TroubleHere, ""), began, number);
            }

            throw;
        }

        for (var i = 0; i < items.Count; i++)
            End(items[i], report.Outcomes[i], began, number);
    }

    private async ValueTask ClaimAsync(MessageGroup group)
    {
        if (group.Items.Count == 1)
        {
            if (!await shard.ClaimAsync(group.Items[0]))
                group.Items.Clear();
            return;
        }

        var claims = new Task<bool>[group.Items.Count];
        for (var i = 0; i < claims.Length; i++)
            claims[i] = shard.ClaimAsync(group.Items[i]);
        var claimed = await Task.WhenAll(claims);
        for (var i = claimed.Length - 1; i >= 0; i--)
        {
            if (!claimed[i])
                group.Items.RemoveAt(i);
        }
    }

    /// <summary>Whether nobody else can have begun with any of them. Asked by the sender's thread.</summary>
    private bool HoldsStill(List<QueueItem> items)
    {
        var least = (Now + QueuePump.LeastClaim).UtcTicks;
        foreach (var item in items)
        {
            if (item.ClaimedUntil < least)
                return false;
        }

        return true;
    }

    private void EndAll(Action<QueueItem, long> end)
    {
        foreach (var state in lanes)
        {
            while (state.Take() is { } group)
            {
                var number = shard.Services.Outcomes.NewReportNumber();
                foreach (var item in group.Items)
                    end(item, number);
            }
        }
    }

    /// <summary>It takes nothing now: an attempt that costs no connection.</summary>
    private void PutOff(QueueItem item, RelayEntrance.Closed answer, long number)
    {
        shard.Services.Metrics.Attempted(item.Row.Lane);
        shard.Services.Metrics.Ended("later");
        var next = shard.Services.Outcomes.Later(shard.Tried(item, Now, "", answer.Status), overQuota: false, answer.Until, number);
        shard.LogEnded(next);
        _ = shard.EndAsync(item, next);
    }

    private void End(QueueItem item, RelayOutcome outcome, DateTimeOffset began, long number)
    {
        var outcomes = shard.Services.Outcomes;
        var tried = shard.Tried(item, began, outcome.Host, outcome.Status);
        var next = outcome.Verdict switch
        {
            RelayVerdict.Sent => outcomes.Done(tried, outcome.PeerReports ? ReportKind.None : ReportKind.Relayed, number),
            RelayVerdict.Later => outcomes.Later(tried, overQuota: false, null, number),
            _ => outcomes.Failed(tried, number),
        };
        shard.Services.Metrics.Attempted(item.Row.Lane);
        shard.Services.Metrics.Ended(outcome.Verdict switch { RelayVerdict.Sent => "sent", RelayVerdict.Later => "later", _ => "failed" });
        shard.LogEnded(next);
        _ = shard.EndAsync(item, next);
    }

    /// <summary>Whether the domain is one of ours by now.</summary>
    private async ValueTask<bool> IsOursAsync()
    {
        if (Now < foreignUntil)
            return false;
        if (await shard.Services.Domains.FindAsync(domain) is not null)
            return true;
        foreignUntil = Now + DomainCopies.Age;
        return false;
    }

    private async Task RerouteAsync(FeedLane state)
    {
        while (!shard.IsStopped && state.Take() is { } group)
        {
            foreach (var item in group.Items)
            {
                if (await shard.ClaimAsync(item))
                    await shard.Locals.AttemptAsync(item, shard.Services.Reroute.TryAsync);
            }
        }
    }
}
