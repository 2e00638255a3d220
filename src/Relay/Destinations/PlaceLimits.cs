using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay;

/// <summary>How the places of the process are shared. No lane can take them all, and neither can hosts that nobody has reached yet.</summary>
internal sealed class PlaceLimits
{
    private readonly int all;
    private readonly int others;
    private readonly int unproven;
    private readonly int[] lanes;
    private readonly int[] used = new int[Destination.Lanes];
    private int usedUnproven;

    public PlaceLimits(int all)
    {
        this.all = all;
        others = Math.Max(1, all * 3 / 4);
        unproven = Math.Max(1, all / 2);
        lanes = [Math.Max(1, all - (all / 8)), Math.Max(1, all / 2), Math.Max(1, all / 2), Math.Max(1, all / 4)];
    }

    private int Used => used[0] + used[1] + used[2] + used[3];

    public bool Allow(RelayLane lane, bool isProven) =>
        Used < all
        && used[(int)lane] < lanes[(int)lane]
        && (lane == RelayLane.User || Used - used[(int)RelayLane.User] < others)
        && (isProven || usedUnproven < unproven);

    public void Take(RelayLane lane, bool isProven)
    {
        used[(int)lane]++;
        usedUnproven += isProven ? 0 : 1;
    }

    public void Free(RelayLane lane, bool isProven)
    {
        used[(int)lane]--;
        usedUnproven -= isProven ? 0 : 1;
    }

    /// <summary>Open places of a destination count from now on as proven, or no longer.</summary>
    public void Prove(int places, bool isProven) => usedUnproven += isProven ? -places : places;
}
