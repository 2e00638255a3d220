using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Storage.Tests;

/// <summary>The reminder table over every backend, case by case as the runtime tests its providers.</summary>
public abstract class ReminderTableContract : StoreContract
{
    private static readonly DateTime Start = new(2030, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);
    private readonly GrainId grain = GrainId.Create("grain", "a");
    private FaultyRowStore? faulty;

    private FaultyRowStore Faulty => faulty ??= new FaultyRowStore(Rows);

    private RowStoreReminderTable Table => new RowStoreReminderTable(Faulty);

    [Fact]
    public async Task A_reminder_is_read_as_it_was_written()
    {
        var etag = await UpsertAsync(grain, "r");
        var read = await Table.ReadRow(grain, "r");
        Assert.Equal(
            (grain, "r", Start, TimeSpan.FromMinutes(1), etag),
            (read!.GrainId, read.ReminderName, read.StartAt, read.Period, read.ETag));
        Assert.Equal(DateTimeKind.Utc, read.StartAt.Kind);
    }

    [Fact]
    public async Task A_missing_reminder_is_null()
    {
        Assert.Null(await Table.ReadRow(grain, "r"));
        Assert.Empty((await Table.ReadRows(grain)).Reminders);
    }

    [Fact]
    public async Task Writing_again_moves_it_and_changes_the_etag()
    {
        var first = await UpsertAsync(grain, "r");
        var second = await UpsertAsync(grain, "r", Start.AddHours(1), TimeSpan.FromDays(1));
        Assert.NotEqual(first, second);
        var read = await Table.ReadRow(grain, "r");
        Assert.Equal((Start.AddHours(1), TimeSpan.FromDays(1), second), (read!.StartAt, read.Period, read.ETag));
        Assert.Single((await Table.ReadRows(grain)).Reminders);
    }

    [Fact]
    public async Task Only_the_current_etag_removes()
    {
        var stale = await UpsertAsync(grain, "r");
        var etag = await UpsertAsync(grain, "r");
        Assert.False(await Table.RemoveRow(grain, "r", stale));
        Assert.False(await Table.RemoveRow(grain, "R", etag));
        Assert.NotNull(await Table.ReadRow(grain, "r"));
        Assert.True(await Table.RemoveRow(grain, "r", etag));
        Assert.False(await Table.RemoveRow(grain, "r", etag));
        Assert.Null(await Table.ReadRow(grain, "r"));
        Assert.Empty((await Table.ReadRows(0, 0)).Reminders);
    }

    [Fact]
    public async Task A_grain_has_its_reminders_and_no_others()
    {
        GrainId[] grains =
        [
            grain, GrainId.Create("grain", "ab"), GrainId.Create("grain", "a!b"), GrainId.Create("grain", "a_21b"),
            GrainId.Create("grain", new string('ü', 300)), GrainId.Create("grain", new string('ü', 301)),
        ];
        string[] names = ["r", "r!", "R", "a very long name " + new string('x', 400), "%s \u00fc/\\#?"];
        foreach (var id in grains)
        {
            foreach (var name in names)
                await UpsertAsync(id, name);
        }

        foreach (var id in grains)
        {
            var rows = (await Table.ReadRows(id)).Reminders;
            Assert.All(rows, row => Assert.Equal(id, row.GrainId));
            Assert.Equal(names.Order(StringComparer.Ordinal), rows.Select(row => row.ReminderName).Order(StringComparer.Ordinal));
            foreach (var name in names)
                Assert.Equal(name, (await Table.ReadRow(id, name))!.ReminderName);
        }
    }

    [Fact]
    public async Task A_range_leaves_out_its_begin_and_holds_its_end()
    {
        var hashes = await FillAsync(50);
        foreach (var begin in new uint[] { 0, 1, hashes[0], hashes[10], hashes[49], int.MaxValue, uint.MaxValue })
        {
            foreach (var end in new uint[] { 0, hashes[0], hashes[10], hashes[11], hashes[40], hashes[49], 0x80000000u, uint.MaxValue })
            {
                var expected = hashes.Where(hash => begin < end ? hash > begin && hash <= end : hash > begin || hash <= end);
                var read = (await Table.ReadRows(begin, end)).Reminders.Select(row => row.GrainId.GetUniformHashCode());
                Assert.Equal(expected.Order(), read.Order());
            }
        }
    }

    [Fact]
    public async Task A_full_range_holds_everything_over_many_pages()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 1200), Cancelled, async (i, _) => await UpsertAsync(grain, $"r{i}"));
        Assert.Equal(1200, (await Table.ReadRows(0, 0)).Reminders.Count);
        Assert.Equal(1200, (await Table.ReadRows(grain)).Reminders.Count);
        await Table.TestOnlyClearTable();
        Assert.Empty((await Table.ReadRows(0, 0)).Reminders);
    }

    [Fact]
    public async Task Concurrent_writes_of_one_reminder_get_different_etags()
    {
        var etags = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => UpsertAsync(grain, "r"))));
        Assert.Equal(20, etags.Distinct().Count());
        Assert.Contains((await Table.ReadRow(grain, "r"))!.ETag, etags);
    }

    [Fact]
    public async Task Lost_replies_are_settled()
    {
        Faulty.Commits.Next(Fault.LostReply);
        var etag = await UpsertAsync(grain, "r");
        Assert.Equal(etag, (await Table.ReadRow(grain, "r"))!.ETag);
        Faulty.Commits.Next(Fault.LostReply);
        Assert.True(await Table.RemoveRow(grain, "r", etag));
    }

    private async Task<string> UpsertAsync(GrainId id, string name, DateTime? start = null, TimeSpan? period = null) =>
        (await Table.UpsertRow(new ReminderEntry
        {
            GrainId = id,
            ReminderName = name,
            StartAt = start ?? Start,
            Period = period ?? TimeSpan.FromMinutes(1),
        }))!;

    private async Task<uint[]> FillAsync(int count)
    {
        var grains = Enumerable.Range(0, count).Select(i => GrainId.Create("grain", $"range-{i}")).ToArray();
        foreach (var id in grains)
            await UpsertAsync(id, "r");
        return [.. grains.Select(id => id.GetUniformHashCode()).Order()];
    }
}
