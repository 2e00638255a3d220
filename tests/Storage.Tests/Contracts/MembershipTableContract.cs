using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Storage.Tests;

/// <summary>The membership table and the gateway list over every backend, case by case as the runtime tests its providers.</summary>
public abstract class MembershipTableContract : StoreContract
{
    private static readonly DateTime Now = new(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private int generation;
    private FaultyRowStore? faulty;

    private FaultyRowStore Faulty => faulty ??= new FaultyRowStore(Rows);

    [Fact]
    public async Task A_new_table_is_empty_and_has_version_0()
    {
        var read = await (await OpenTableAsync()).ReadAll();
        Assert.Empty(read.Members);
        Assert.Equal(0, read.Version.Version);
        Assert.NotNull(read.Version.VersionEtag);
    }

    [Fact]
    public async Task Whoever_comes_later_finds_the_table_as_it_is()
    {
        var table = await OpenTableAsync();
        await InsertAsync(table, NewEntry());
        var later = await OpenTableAsync();
        Assert.Equal(1, (await later.ReadAll()).Version.Version);
        Assert.Single((await later.ReadAll()).Members);
    }

    [Fact]
    public async Task A_silo_is_read_as_it_was_inserted()
    {
        var table = await OpenTableAsync();
        var entry = NewEntry(IPAddress.IPv6Loopback);
        entry.RoleName = "mail";
        entry.UpdateZone = 3;
        entry.FaultZone = 4;
        entry.SuspectTimes = [Tuple.Create(NewEntry().SiloAddress, Now.AddSeconds(1)), Tuple.Create(NewEntry().SiloAddress, Now.AddSeconds(2))];
        await InsertAsync(table, entry);

        var all = await table.ReadAll();
        var one = await table.ReadRow(entry.SiloAddress);
        Assert.Equal(entry.ToFullString(), Assert.Single(all.Members).Item1.ToFullString());
        Assert.Equal(all.Members[0].Item2, Assert.Single(one.Members).Item2);
        Assert.Equal(all.Version, one.Version);
        var read = one.Members[0].Item1;
        Assert.Equal(
            (entry.HostName, entry.SiloName, entry.RoleName, entry.ProxyPort, entry.UpdateZone, entry.FaultZone, entry.StartTime),
            (read.HostName, read.SiloName, read.RoleName, read.ProxyPort, read.UpdateZone, read.FaultZone, read.StartTime));
        Assert.Equal(DateTimeKind.Utc, read.StartTime.Kind);
    }

    [Fact]
    public async Task A_silo_that_is_not_there_is_read_as_nothing_with_the_version()
    {
        var table = await OpenTableAsync();
        await InsertAsync(table, NewEntry());
        var read = await table.ReadRow(NewEntry().SiloAddress);
        Assert.Empty(read.Members);
        Assert.Equal(1, read.Version.Version);
    }

    [Fact]
    public async Task An_insertion_needs_the_current_version_and_a_new_silo()
    {
        var table = await OpenTableAsync();
        var stale = (await table.ReadAll()).Version.Next();
        var entry = NewEntry();
        Assert.True(await table.InsertRow(entry, stale));
        Assert.False(await table.InsertRow(entry, stale));
        Assert.False(await table.InsertRow(NewEntry(), stale));

        var current = (await table.ReadAll()).Version;
        Assert.Equal(stale.Version, current.Version);
        Assert.NotEqual(stale.VersionEtag, current.VersionEtag);
        Assert.False(await table.InsertRow(entry, current.Next()));
        Assert.Single((await table.ReadAll()).Members);
        Assert.Equal(current, (await table.ReadAll()).Version);
    }

    [Fact]
    public async Task A_change_needs_the_current_version_and_the_current_silo()
    {
        var table = await OpenTableAsync();
        var entry = NewEntry();
        await InsertAsync(table, entry);
        var stale = await table.ReadAll();
        await InsertAsync(table, NewEntry());
        var read = await table.ReadAll();
        var etag = read.TryGet(entry.SiloAddress)!.Item2;

        entry.Status = SiloStatus.Active;
        entry.SuspectTimes = [Tuple.Create(NewEntry().SiloAddress, Now)];
        Assert.False(await table.UpdateRow(entry, etag, stale.Version.Next()));
        Assert.True(await table.UpdateRow(entry, etag, read.Version.Next()));
        Assert.False(await table.UpdateRow(entry, etag, read.Version.Next()));
        Assert.False(await table.UpdateRow(entry, etag, (await table.ReadAll()).Version.Next()));
        Assert.False(await table.UpdateRow(NewEntry(), etag, (await table.ReadAll()).Version.Next()));

        var changed = await table.ReadAll();
        Assert.Equal(read.Version.Version + 1, changed.Version.Version);
        Assert.Equal(entry.ToFullString(), changed.TryGet(entry.SiloAddress)!.Item1.ToFullString());
        Assert.NotEqual(etag, changed.TryGet(entry.SiloAddress)!.Item2);
    }

    [Fact]
    public async Task Of_those_who_change_at_the_same_time_one_succeeds_at_a_time()
    {
        var table = await OpenTableAsync();
        var entry = NewEntry();
        var first = (await table.ReadAll()).Version.Next();
        var inserted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => table.InsertRow(entry, first))));
        Assert.Single(inserted, done => done);

        await Task.WhenAll(Enumerable.Range(0, 19).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                Cancelled.ThrowIfCancellationRequested();
                var read = await table.ReadAll();
                var (known, etag) = read.TryGet(entry.SiloAddress)!;
                if (await table.UpdateRow(known, etag, read.Version.Next()))
                    return;
            }
        }))).WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        Assert.Equal(20, (await table.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task A_sign_of_life_changes_nothing_else()
    {
        var table = await OpenTableAsync();
        var entry = NewEntry();
        await InsertAsync(table, entry);
        var before = await table.ReadAll();
        var at = entry.IAmAliveTime.AddSeconds(5);
        await table.UpdateIAmAlive(new MembershipEntry { SiloAddress = entry.SiloAddress, IAmAliveTime = at });

        var after = await table.ReadAll();
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(before.Members[0].Item2, after.Members[0].Item2);
        Assert.Equal(at, after.Members[0].Item1.IAmAliveTime);
        Assert.Equal(at, (await table.ReadRow(entry.SiloAddress)).Members[0].Item1.IAmAliveTime);
        Assert.Equal(before.Members[0].Item1.ToFullString(), Earlier(after.Members[0].Item1, entry.IAmAliveTime).ToFullString());
        Assert.True(await table.UpdateRow(entry, before.Members[0].Item2, before.Version.Next()));
        Assert.Equal(at, (await table.ReadAll()).Members[0].Item1.IAmAliveTime);
    }

    [Fact]
    public async Task The_dead_and_the_never_joined_go_that_nobody_has_heard_of_or_voted_about_since()
    {
        var table = await OpenTableAsync();
        var heard = await InsertOldAsync(table, SiloStatus.Dead);
        await table.UpdateIAmAlive(new MembershipEntry { SiloAddress = heard, IAmAliveTime = Now });
        var suspected = await InsertOldAsync(table, SiloStatus.Dead, Tuple.Create(NewEntry().SiloAddress, Now));
        foreach (var status in Enum.GetValues<SiloStatus>())
            await InsertOldAsync(table, status);
        var gone = NewEntry(age: TimeSpan.FromDays(10));
        await table.UpdateIAmAlive(gone); // its row went before

        var before = await table.ReadAll();
        await table.CleanupDefunctSiloEntries(new DateTimeOffset(Now).AddDays(-7));

        var left = await table.ReadAll();
        Assert.Equal(before.Version, left.Version);
        Assert.Equal(before.Members.Count - 3, left.Members.Count);
        Assert.DoesNotContain(left.Members, member => member.Item1.Status is SiloStatus.Created or SiloStatus.Joining);
        Assert.Equal(new[] { heard, suspected }, left.Members.Where(member => member.Item1.Status == SiloStatus.Dead).Select(member => member.Item1.SiloAddress).Order());
        var keys = (await Rows.ScanAsync(RowRange.All("members!c"), 100, Cancelled)).Rows.Select(row => row.Key);
        Assert.Equal(left.Members.Count, keys.Count(key => key.StartsWith("silo!", StringComparison.Ordinal)));
        Assert.Equal(left.Members.Count - 1, keys.Count(key => key.StartsWith("alive!", StringComparison.Ordinal))); // one gave no sign
    }

    [Fact]
    public async Task A_cluster_has_its_silos_and_no_others()
    {
        var table = await OpenTableAsync();
        var other = await OpenTableAsync("C!/ü");
        await InsertAsync(table, NewEntry());
        Assert.Empty((await other.ReadAll()).Members);
        await InsertAsync(other, NewEntry());
        await table.DeleteMembershipTableEntries("c");
        await table.InitializeMembershipTable(true);
        Assert.Equal((0, 0), ((await table.ReadAll()).Members.Count, (await table.ReadAll()).Version.Version));
        Assert.Single((await other.ReadAll()).Members);
    }

    [Fact]
    public async Task The_table_is_read_as_it_was_at_one_time()
    {
        var table = await OpenTableAsync();
        await InsertAsync(table, NewEntry());
        var change = new TaskCompletionSource();
        Faulty.Reads.Skip().Next(Fault.Hold(change.Task)); // the version goes through, the silos do not
        var calls = Faulty.Reads.Calls;
        var reading = table.ReadAll();
        await InsertAsync(new RowStoreMembershipTable(Rows, Named("c")), NewEntry());
        change.SetResult();

        var read = await reading;
        Assert.Equal((2, 2), (read.Version.Version, read.Members.Count));
        Assert.Equal(4, Faulty.Reads.Calls - calls);
    }

    [Fact]
    public async Task Lost_replies_are_settled()
    {
        Faulty.Commits.Next(Fault.LostReply);
        var table = await OpenTableAsync();
        var entry = NewEntry();
        Faulty.Commits.Next(Fault.LostReply);
        await InsertAsync(table, entry);
        var read = await table.ReadAll();
        Faulty.Commits.Next(Fault.LostReply);
        Assert.True(await table.UpdateRow(entry, read.Members[0].Item2, read.Version.Next()));
        Assert.Equal(2, (await table.ReadAll()).Version.Version);
        Faulty.Commits.Next(Fault.LostRequest);
        Assert.False(await table.UpdateRow(entry, read.Members[0].Item2, read.Version.Next()));
    }

    [Fact]
    public async Task Clients_find_the_active_silos_that_listen_to_them()
    {
        var table = await OpenTableAsync();
        var entries = Enumerable.Range(0, 5).Select(_ => NewEntry()).ToArray();
        foreach (var index in new[] { 1, 2, 4 })
            entries[index].Status = SiloStatus.Active;
        entries[2].ProxyPort = 0;
        foreach (var entry in entries)
            await InsertAsync(table, entry);

        var list = new RowStoreGatewayList(Rows, Named("c"), Options.Create(new GatewayOptions { GatewayListRefreshPeriod = TimeSpan.FromSeconds(3) }));
        await list.InitializeGatewayListProvider();
        Assert.Equal(
            new[] { entries[1], entries[4] }.Select(entry => $"gwy.tcp://127.0.0.1:{entry.ProxyPort}/{entry.SiloAddress.Generation}").Order(),
            (await list.GetGateways()).Select(uri => uri.ToString()).Order());
        Assert.Equal(TimeSpan.FromSeconds(3), list.MaxStaleness);
    }

    private static IOptions<ClusterOptions> Named(string cluster) => Options.Create(new ClusterOptions { ClusterId = cluster });

    private static async Task InsertAsync(RowStoreMembershipTable table, MembershipEntry entry) =>
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));

    private async Task<SiloAddress> InsertOldAsync(RowStoreMembershipTable table, SiloStatus status, Tuple<SiloAddress, DateTime>? suspected = null)
    {
        var old = NewEntry(age: TimeSpan.FromDays(10));
        old.Status = status;
        if (suspected is not null)
            old.SuspectTimes = [suspected];
        await InsertAsync(table, old);
        if (suspected is null)
            await table.UpdateIAmAlive(old);
        return old.SiloAddress;
    }

    private static MembershipEntry Earlier(MembershipEntry entry, DateTime alive)
    {
        entry.IAmAliveTime = alive;
        return entry;
    }

    private async Task<RowStoreMembershipTable> OpenTableAsync(string cluster = "c")
    {
        var table = new RowStoreMembershipTable(Faulty, Named(cluster));
        await table.InitializeMembershipTable(true);
        return table;
    }

    private MembershipEntry NewEntry(IPAddress? address = null, TimeSpan age = default)
    {
        var number = ++generation;
        return new MembershipEntry
        {
            SiloAddress = SiloAddress.New(address ?? IPAddress.Loopback, 11111, number),
            HostName = "host",
            SiloName = $"silo-{number}",
            Status = SiloStatus.Joining,
            ProxyPort = 30000 + number,
            StartTime = Now - age,
            IAmAliveTime = Now - age,
        };
    }
}
