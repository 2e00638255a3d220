namespace Orleans.Mail.Grains;

/// <summary>A part of the window: what was accepted just now, or what a lane brought from the store.</summary>
internal enum WindowShare
{
    Fresh = 0,
    Local = 1,
    Program = 2,
    User = 3,
    Notice = 4,
    List = 5,
    Retry = 6,
    Report = 7,
}

/// <summary>
/// How many entries a shard has in memory, whatever waits in its rows. Each lane has a part of its own, and one
/// destination only some of it: less the fuller it is, so that slow destinations leave room for others.
/// </summary>
internal sealed class QueueWindow
{
    /// <summary>Entries that were accepted just now.</summary>
    public const int Fresh = 2000;

    /// <summary>What one destination may have of them, while others leave it room.</summary>
    public const int FreshOfDestination = 1000;

    /// <summary>Entries of a destination that the store brings to memory.</summary>
    public const int OfDestination = 64;

    /// <summary>The same when a lane is half full.</summary>
    public const int OfDestinationInNeed = 8;

    private static readonly int[] Limits = [Fresh, 256, 64, 1024, 256, 512, 512, 256];

    private readonly int[] counts = new int[Limits.Length];

    /// <summary>Entries in memory.</summary>
    public int Count { get; private set; }

    /// <summary>Whether an entry that comes just now may go on in memory.</summary>
    /// <param name="ofDestination">Entries of its destination in memory.</param>
    public bool HasRoomForFresh(int ofDestination) => ofDestination < OfDestination
        ? counts[(int)WindowShare.Fresh] < Fresh
        : counts[(int)WindowShare.Fresh] < Fresh / 2 && ofDestination < FreshOfDestination;

    /// <summary>How many entries more the store may bring.</summary>
    public int RoomOf(WindowShare share) => Limits[(int)share] - counts[(int)share];

    /// <summary>Whether a destination may have more entries of the store in memory.</summary>
    public bool HasRoom(WindowShare share, int ofDestination) =>
        ofDestination < (counts[(int)share] * 2 < Limits[(int)share] ? OfDestination : OfDestinationInNeed);

    public void Enter(WindowShare share)
    {
        counts[(int)share]++;
        Count++;
    }

    public void Leave(WindowShare share)
    {
        counts[(int)share]--;
        Count--;
    }

    /// <summary>The part of what a lane brings from the store.</summary>
    public static WindowShare ShareOf(char lane) => (WindowShare)(DueLane.IndexOf(lane) + 1);
}
