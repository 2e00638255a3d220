using System.Globalization;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Cluster;

public sealed class WorkTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    [Fact]
    public async Task Work_that_is_not_due_waits_and_work_without_rest_is_forgotten()
    {
        var item = WorkItem.Mailbox(cluster.NewName());
        var work = cluster.Grains.GetGrain<IWorkGrain>(WorkItem.SliceOf(item));
        await work.AddAsync(item, cluster.Time.GetUtcNow() + TimeSpan.FromMinutes(1));

        await work.DrainAsync();
        Assert.Contains(WorkItem.KeyOf(item), KeysOf(item));
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        await work.DrainAsync();

        Assert.DoesNotContain(WorkItem.KeyOf(item), KeysOf(item));
    }

    [Fact]
    public async Task Work_added_twice_is_due_at_the_earlier_time()
    {
        var item = WorkItem.Mailbox(cluster.NewName());
        var work = cluster.Grains.GetGrain<IWorkGrain>(WorkItem.SliceOf(item));
        var now = cluster.Time.GetUtcNow();
        await work.AddAsync(item, now + TimeSpan.FromHours(1));
        await work.AddAsync(item, now + TimeSpan.FromMinutes(1));
        await work.AddAsync(item, now + TimeSpan.FromHours(2));

        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        await work.DrainAsync();

        Assert.DoesNotContain(WorkItem.KeyOf(item), KeysOf(item));
    }

    [Fact]
    public async Task The_reminder_stands_when_an_item_is_acknowledged_and_drains_it()
    {
        var item = WorkItem.Mailbox(cluster.NewName());
        var work = cluster.Grains.GetGrain<IWorkGrain>(WorkItem.SliceOf(item));
        await work.AddAsync(item, cluster.Time.GetUtcNow());

        Assert.Equal("drain", Assert.Single(await cluster.RemindersOfAsync(work)).ReminderName);
        await cluster.ForgetAsync(work);
        await work.AsReference<IRemindable>().ReceiveReminder("drain", default);
        await work.DrainAsync(); // joins the one that the reminder began

        Assert.DoesNotContain(WorkItem.KeyOf(item), KeysOf(item));
    }

    [Fact]
    public async Task An_item_that_fails_stays_due_and_holds_up_no_other()
    {
        var good = WorkItem.Mailbox(cluster.NewName());
        var bad = SameSlice(good);
        var work = cluster.Grains.GetGrain<IWorkGrain>(WorkItem.SliceOf(good));
        var mailbox = cluster.Grains.GetGrain<IMailboxGrain>(bad[2..]);
        await cluster.DeliverAsync(mailbox, bad[2..]);
        using (cluster.BodyFaults.Deletes.While(Fault.Error))
        {
            await mailbox.CloseAsync();
            await work.AddAsync(good, cluster.Time.GetUtcNow());
            cluster.Time.Advance(TimeSpan.FromMinutes(3));
            Assert.Equal(1, await work.DrainAsync());
        }

        Assert.Equal([WorkItem.KeyOf(bad)], KeysOf(good));
        await work.DrainAsync();
        Assert.Equal([Box.Key], cluster.KeysOf(bad[2..]));
    }

    [Fact]
    public void Slices_are_stable_and_even()
    {
        var counts = new int[IWorkGrain.Slices];
        for (var i = 0; i < 6400; i++)
            counts[WorkItem.SliceOf(WorkItem.Mailbox(i.ToString(CultureInfo.InvariantCulture)))]++;

        Assert.Equal(26, WorkItem.SliceOf("m!01HZX"));
        Assert.All(counts, count => Assert.InRange(count, 50, 150));
    }

    [Fact]
    public void The_longest_address_fits_a_key()
    {
        var longest = WorkItem.Address($"{new string('ü', 32)}@{new string('d', 255)}");

        Assert.InRange(WorkItem.KeyOf(longest).Length, 1, 400);
    }

    private static string SameSlice(string item)
    {
        for (var i = 0; ; i++)
        {
            var other = WorkItem.Mailbox(string.Create(CultureInfo.InvariantCulture, $"other{i}"));
            if (WorkItem.SliceOf(other) == WorkItem.SliceOf(item))
                return other;
        }
    }

    private IReadOnlyList<string> KeysOf(string item) => cluster.Memory.KeysOf($"work!{WorkItem.SliceOf(item):x2}");
}
