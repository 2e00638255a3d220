using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Domains;

public sealed class DomainTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    [Fact]
    public async Task A_domain_is_created_once_and_read_back()
    {
        var settings = new DomainSettings
        {
            MaxInKb = 1,
            MaxOutKb = 2,
            DefaultMailbox = "x@y.test",
            MaxUsers = 9,
            IncomingFooter = new("in.txt", "welcome é"),
            OutgoingFooter = new("out.txt", "bye"),
            ShowFooter = FooterChoice.Outgoing,
        };
        var domain = await cluster.NewDomainAsync(settings);
        var grain = cluster.Grains.GetGrain<IDomainGrain>(domain);

        Assert.Equal(DomainResult.Exists, await grain.CreateAsync(new DomainSettings()));
        await cluster.ForgetAsync(grain);

        Assert.Equal(new Domain(domain, settings, 0), await grain.ReadAsync());
    }

    [Fact]
    public async Task A_change_leaves_what_it_does_not_name()
    {
        var domain = await cluster.NewDomainAsync(new DomainSettings { MaxInKb = 1, DefaultMailbox = "x@y.test" });
        var grain = cluster.Grains.GetGrain<IDomainGrain>(domain);

        Assert.Equal(DomainResult.Done, await grain.ChangeAsync(new DomainChange { MaxUsers = 3 }));

        Assert.Equal(new DomainSettings { MaxInKb = 1, DefaultMailbox = "x@y.test", MaxUsers = 3 }, (await grain.ReadAsync())!.Settings);
    }

    [Fact]
    public async Task A_domain_that_is_not_ours_is_nothing()
    {
        var grain = cluster.Grains.GetGrain<IDomainGrain>("foreign.test");

        Assert.Null(await grain.ReadAsync());
        Assert.Equal(DomainResult.NotFound, await grain.ChangeAsync(new DomainChange()));
        Assert.Equal(DomainResult.NotFound, await grain.DeleteAsync());
        Assert.Empty((await grain.ListAsync("", 10)).Names);
        Assert.Equal(NameOutcome.NoDomain, (await grain.AdmitUserAsync()).Result);
    }

    [Fact]
    public async Task Names_are_listed_by_pages_in_ordinal_order()
    {
        var domain = await cluster.NewDomainAsync();
        string[] names = ["ann", "bob", "carl", "dora", "emil"];
        foreach (var name in names.Reverse())
            await cluster.CreateUserAsync($"{name}@{domain}");

        var grain = cluster.Grains.GetGrain<IDomainGrain>(domain);
        var first = await grain.ListAsync("", 2);
        var second = await grain.ListAsync(first.Next!, 2);
        var third = await grain.ListAsync(second.Next!, 2);

        Assert.Null(third.Next);
        Assert.Equal(names, first.Names.Concat(second.Names).Concat(third.Names).Select(name => name.Local));
        Assert.All(first.Names, name => Assert.Equal(NameKind.User, name.Kind));
    }

    [Fact]
    public async Task A_domain_takes_as_many_users_as_its_limit_says()
    {
        var domain = await cluster.NewDomainAsync(new DomainSettings { MaxUsers = 3 });

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => cluster.CreateUserAsync($"u{i}@{domain}")));

        Assert.Equal(3, results.Count(result => result == NameOutcome.Done));
        Assert.Equal(5, results.Count(result => result == NameOutcome.DomainFull));
        Assert.Equal(3, (await cluster.Grains.GetGrain<IDomainGrain>(domain).ReadAsync())!.Users);
    }

    [Fact]
    public async Task A_deleted_user_makes_room_also_in_a_new_activation()
    {
        var domain = await cluster.NewDomainAsync(new DomainSettings { MaxUsers = 1 });
        await cluster.CreateUserAsync($"a@{domain}");
        await cluster.ForgetAsync(cluster.Grains.GetGrain<IDomainGrain>(domain));
        Assert.Equal(NameOutcome.DomainFull, await cluster.CreateUserAsync($"b@{domain}"));

        await cluster.Grains.GetGrain<IAccountGrain>($"a@{domain}").DeleteAsync();

        Assert.Equal(NameOutcome.Done, await cluster.CreateUserAsync($"b@{domain}"));
    }

    [Fact]
    public async Task Room_that_a_failed_creation_kept_is_found_by_counting_again()
    {
        var domain = await cluster.NewDomainAsync(new DomainSettings { MaxUsers = 1 });
        cluster.Rows.Commits.Next(Fault.DiskFull);
        await Assert.ThrowsAnyAsync<IOException>(() => cluster.CreateUserAsync($"a@{domain}"));
        Assert.Equal(NameOutcome.DomainFull, await cluster.CreateUserAsync($"a@{domain}")); // the first may still arrive

        cluster.Time.Advance(new DomainOptions().CreationTime);

        Assert.Equal(NameOutcome.Done, await cluster.CreateUserAsync($"a@{domain}"));
    }

    [Fact]
    public async Task A_deleted_domain_goes_with_its_users_and_can_come_back_without_them()
    {
        var domain = await cluster.NewDomainAsync();
        var grain = cluster.Grains.GetGrain<IDomainGrain>(domain);
        for (var i = 0; i < 20; i++)
            await cluster.CreateUserAsync($"u{i}@{domain}");
        var mailbox = (await cluster.ResolveAsync($"u7@{domain}")).Id;

        Assert.Equal(DomainResult.Done, await grain.DeleteAsync());
        Assert.Null(await grain.ReadAsync());
        Assert.Equal(DomainResult.NotFound, await grain.DeleteAsync());
        Assert.Equal(NameOutcome.NoDomain, await cluster.CreateUserAsync($"late@{domain}"));
        await cluster.Grains.GetGrain<IDomainWork>(domain).ResumeAsync(); // waits for the background

        Assert.Empty(cluster.Memory.KeysOf(NameRow.Partition(domain)));
        Assert.Equal(Resolution.None, await cluster.ResolveAsync($"u7@{domain}"));
        Assert.Equal(OpenStatus.Closed, (await cluster.Grains.GetGrain<IMailboxGrain>(mailbox).OpenAsync(TimeSpan.Zero)).Status);
        Assert.Equal(DomainResult.Done, await grain.CreateAsync(new DomainSettings()));
        Assert.Equal(0, (await grain.ReadAsync())!.Users);
    }

    [Fact]
    public async Task A_deletion_that_stopped_half_way_is_finished_by_the_work_grain()
    {
        var domain = await cluster.NewDomainAsync();
        var grain = cluster.Grains.GetGrain<IDomainGrain>(domain);
        for (var i = 0; i < 20; i++)
            await cluster.CreateUserAsync($"u{i}@{domain}");
        cluster.Rows.Commits.Skip(2 + 25);
        using (cluster.Rows.Commits.While(Fault.Error))
        {
            await grain.DeleteAsync();
            await Assert.ThrowsAnyAsync<IOException>(() => cluster.Grains.GetGrain<IDomainWork>(domain).ResumeAsync());
            await Assert.ThrowsAnyAsync<IOException>(() => grain.CreateAsync(new DomainSettings())); // not before it is done
        }

        Assert.NotEmpty(cluster.Memory.KeysOf(NameRow.Partition(domain)));
        await cluster.ForgetAsync(grain);
        cluster.Time.Advance(new DomainOptions().WorkGrace);
        await cluster.DrainAsync(WorkItem.Domain(domain));

        Assert.Empty(cluster.Memory.KeysOf(NameRow.Partition(domain)));
        Assert.DoesNotContain(DomainRow.Key(domain), cluster.Memory.KeysOf(DomainRow.Partition));
    }

    [Fact]
    public async Task A_user_whose_creation_outlasted_the_domain_does_not_join_the_next_one()
    {
        var domain = await cluster.NewDomainAsync();
        await cluster.CreateUserAsync($"ghost@{domain}");
        await cluster.Memory.CommitAsync(
            new Storage.RowBatch(DomainRow.Partition).Delete(DomainRow.Key(domain)), TestContext.Current.CancellationToken);
        var grain = cluster.Grains.GetGrain<IDomainGrain>(domain);
        await cluster.ForgetAsync(grain);

        Assert.Equal(DomainResult.Done, await grain.CreateAsync(new DomainSettings()));

        Assert.Equal(Resolution.None, await cluster.ResolveAsync($"ghost@{domain}"));
        Assert.Equal(0, (await grain.ReadAsync())!.Users);
    }

    [Fact]
    public async Task A_name_that_is_going_can_be_taken_again_at_once()
    {
        var domain = await cluster.NewDomainAsync();
        var grain = cluster.Grains.GetGrain<IDomainGrain>(domain);
        for (var i = 0; i < 50; i++)
            await cluster.CreateUserAsync($"u{i}@{domain}");
        Assert.Equal(DomainResult.Done, await grain.DeleteAsync());

        Assert.Equal(DomainResult.Done, await grain.CreateAsync(new DomainSettings()));

        Assert.Equal(0, (await grain.ReadAsync())!.Users);
        Assert.Equal(Resolution.None, await cluster.ResolveAsync($"u7@{domain}"));
        Assert.Equal(DomainResult.Exists, await grain.CreateAsync(new DomainSettings()));
    }
}
