using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains.Tests.Queue;

public sealed class LaneCursorTests
{
    [Fact]
    public void A_restart_during_a_page_is_not_lost()
    {
        var cursor = new LaneCursor("test", DueLane.User);
        var all = cursor.Begin();
        cursor.Restart();
        cursor.Pass(QueueKeys.DueOfHash(DueLane.User, DateTimeOffset.UnixEpoch, "hash"));
        cursor.End(null);

        Assert.Equal(DateTimeOffset.MinValue, cursor.Next);
        Assert.Equal(all, cursor.Begin());
    }
}
