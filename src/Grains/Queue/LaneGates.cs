namespace Orleans.Mail.Grains;

/// <summary>How many of a shard's destinations may ask the relay for places at a time, by lane: a backlog must not take all attempts.</summary>
internal sealed class LaneGates
{
    private static readonly int[] Limits = [2000, 128, 128, 64];

    private readonly int[] inside = new int[Limits.Length];
    private readonly Queue<DestinationFeed>[] waiting = [new(), new(), new(), new()];

    /// <summary>Takes a turn. False when there is none: the feed is called when one is free.</summary>
    public bool TryEnter(RelayLane lane, DestinationFeed feed)
    {
        if (inside[(int)lane] < Limits[(int)lane])
        {
            inside[(int)lane]++;
            return true;
        }

        if (feed.Wait(lane))
            waiting[(int)lane].Enqueue(feed);
        return false;
    }

    public void Leave(RelayLane lane)
    {
        inside[(int)lane]--;
        while (inside[(int)lane] < Limits[(int)lane] && waiting[(int)lane].TryDequeue(out var next))
            next.Admit(lane);
    }
}
