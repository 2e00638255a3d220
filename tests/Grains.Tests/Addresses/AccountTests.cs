using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Addresses;

public sealed class AccountTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    [Fact]
    public async Task A_new_user_resolves_to_a_mailbox_and_copies_what_the_domain_prescribes()
    {
        var domain = await cluster.NewDomainAsync(new DomainSettings { DefaultQuotaKb = 10, DefaultMaxInKb = 20, DefaultMaxOutKb = 30 });

        Assert.Equal(NameOutcome.Done, await cluster.CreateUserAsync($"mick@{domain}", new AccountSettings { MaxInKb = 7, Copy = "x@y.test" }));

        var account = await cluster.Grains.GetGrain<IAccountGrain>($"mick@{domain}").ReadAsync();
        Assert.Equal(new AccountSettings { QuotaKb = 10, MaxInKb = 7, MaxOutKb = 30, Copy = "x@y.test" }, account!.Settings);
        Assert.Equal(new Resolution { Kind = NameKind.User, Id = account.MailboxId, MaxIn = 7 * 1024, Copy = "x@y.test", Quota = 10 * 1024, MaxOut = 30 * 1024 }, await cluster.ResolveAsync($"mick@{domain}"));
    }

    [Fact]
    public async Task A_user_outlives_its_activation()
    {
        var domain = await cluster.NewDomainAsync();
        var user = cluster.Grains.GetGrain<IAccountGrain>($"zoë@{domain}");
        await user.CreateAsync(new AccountSettings { Directory = "d", Forward = "f" }, Users.Verifier("secret"), weakPassword: true);
        var before = await user.ReadAsync();

        await cluster.ForgetAsync(user);

        Assert.Equal(before, await user.ReadAsync());
        Assert.True(before!.WeakPassword);
        var login = await user.GetLoginAsync();
        Assert.Equal(Users.Verifier("secret").StoredKey, login!.Verifier.StoredKey);
        Assert.Equal(4096, login.Verifier.Iterations);
    }

    [Fact]
    public async Task A_verifier_is_renewed_only_if_the_account_is_as_it_was()
    {
        var domain = await cluster.NewDomainAsync();
        var user = cluster.Grains.GetGrain<IAccountGrain>($"mick@{domain}");
        await user.CreateAsync(new AccountSettings(), Users.Verifier("secret"), weakPassword: true);
        var before = await user.GetLoginAsync();
        await user.ChangeAsync(new AccountChange { Verifier = Users.Verifier("changed"), WeakPassword = false });

        Assert.Null(await user.RenewVerifierAsync(Users.Verifier("secret"), before!.Version));
        var changed = await user.GetLoginAsync();
        Assert.Equal(Users.Verifier("changed").StoredKey, changed!.Verifier.StoredKey);

        var version = await user.RenewVerifierAsync(Users.Verifier("renewed"), changed.Version);
        var renewed = await user.GetLoginAsync();
        Assert.Equal((version, false), (renewed!.Version, renewed.WeakPassword));
        Assert.NotEqual(changed.Version, version);
        Assert.Equal(Users.Verifier("renewed").StoredKey, renewed.Verifier.StoredKey);
        Assert.Null(await cluster.Grains.GetGrain<IAccountGrain>($"nobody@{domain}").RenewVerifierAsync(Users.Verifier("x"), ""));
    }

    [Fact]
    public async Task A_name_is_taken_once_even_by_many_at_the_same_time()
    {
        var domain = await cluster.NewDomainAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => cluster.CreateUserAsync($"mick@{domain}")));

        Assert.Single(results, NameOutcome.Done);
        Assert.Equal(9, results.Count(result => result == NameOutcome.Exists));
        Assert.Equal(1, (await cluster.Grains.GetGrain<IDomainGrain>(domain).ReadAsync())!.Users);
    }

    [Fact]
    public async Task Names_that_do_not_exist_resolve_to_nothing_and_are_forgotten()
    {
        var domain = await cluster.NewDomainAsync();

        Assert.Equal(Resolution.None, await cluster.ResolveAsync($"nobody@{domain}"));

        Assert.Null(await cluster.Grains.GetGrain<IAccountGrain>($"nobody@{domain}").ReadAsync());
        Assert.Null(await cluster.Grains.GetGrain<IAccountGrain>($"nobody@{domain}").GetLoginAsync());
        Assert.Equal(NameOutcome.NotFound, (await cluster.Grains.GetGrain<IAccountGrain>($"nobody@{domain}").ChangeAsync(new AccountChange())).Outcome);
        Assert.Equal(NameOutcome.NotFound, (await cluster.Grains.GetGrain<IAccountGrain>($"nobody@{domain}").DeleteAsync()).Outcome);
        cluster.Time.Advance(TimeSpan.FromSeconds(2));
        await cluster.WaitUntilForgottenAsync(cluster.Grains.GetGrain<IAddressGrain>($"nobody@{domain}"));
    }

    [Fact]
    public async Task A_known_address_resolves_without_the_store()
    {
        var domain = await cluster.NewDomainAsync();
        await cluster.CreateUserAsync($"mick@{domain}");
        await cluster.ResolveAsync($"mick@{domain}");

        using (cluster.Rows.Reads.While(Fault.Error))
            Assert.Equal(NameKind.User, (await cluster.ResolveAsync($"mick@{domain}")).Kind);
    }

    [Fact]
    public async Task A_user_in_no_domain_of_ours_is_refused()
    {
        Assert.Equal(NameOutcome.NoDomain, await cluster.CreateUserAsync("mick@foreign.test"));
        Assert.Equal(Resolution.None, await cluster.ResolveAsync("mick@foreign.test"));
    }

    [Fact]
    public async Task A_change_leaves_what_it_does_not_name_and_makes_a_new_login_version()
    {
        var domain = await cluster.NewDomainAsync();
        await cluster.CreateUserAsync($"mick@{domain}", new AccountSettings { Directory = "d", QuotaKb = 5 });
        var user = cluster.Grains.GetGrain<IAccountGrain>($"mick@{domain}");
        var before = await user.GetLoginAsync();

        Assert.Equal(NameOutcome.Done, (await user.ChangeAsync(new AccountChange { Forward = "a@b.test", Verifier = Users.Verifier("new") })).Outcome);

        var account = await user.ReadAsync();
        Assert.Equal(new AccountSettings { Directory = "d", QuotaKb = 5, MaxInKb = 0, MaxOutKb = 0, Forward = "a@b.test" }, account!.Settings);
        var after = await user.GetLoginAsync();
        Assert.Equal(before!.MailboxId, after!.MailboxId);
        Assert.NotEqual(before.Version, after.Version);
        Assert.Equal(Users.Verifier("new").StoredKey, after.Verifier.StoredKey);
    }

    [Fact]
    public async Task A_user_that_is_off_neither_logs_in_nor_receives()
    {
        var domain = await cluster.NewDomainAsync();
        await cluster.CreateUserAsync($"mick@{domain}");
        var user = cluster.Grains.GetGrain<IAccountGrain>($"mick@{domain}");

        await user.ChangeAsync(new AccountChange { Enabled = false });

        Assert.False((await user.GetLoginAsync())!.Enabled);
        Assert.True((await cluster.ResolveAsync($"mick@{domain}")).Refused);
        await user.ChangeAsync(new AccountChange { Enabled = true });
        Assert.False((await cluster.ResolveAsync($"mick@{domain}")).Refused);
    }

    [Fact]
    public async Task A_user_deleted_and_added_again_has_another_mailbox()
    {
        var domain = await cluster.NewDomainAsync();
        await cluster.CreateUserAsync($"mick@{domain}");
        var user = cluster.Grains.GetGrain<IAccountGrain>($"mick@{domain}");
        var old = (await user.ReadAsync())!.MailboxId;
        await cluster.DeliverAsync(cluster.Grains.GetGrain<IMailboxGrain>(old), old);

        Assert.Equal(NameOutcome.Done, (await user.DeleteAsync()).Outcome);
        Assert.Equal(Resolution.None, await cluster.ResolveAsync($"mick@{domain}"));
        Assert.Equal(NameOutcome.NotFound, (await user.DeleteAsync()).Outcome);
        Assert.Equal(NameOutcome.Done, await cluster.CreateUserAsync($"mick@{domain}"));

        var id = (await user.ReadAsync())!.MailboxId;
        Assert.NotEqual(old, id);
        Assert.Equal(0, (await cluster.Grains.GetGrain<IMailboxGrain>(id).ReadUsageAsync()).Messages);
        Assert.Equal(AppendResult.Closed, await cluster.Grains.GetGrain<IMailboxGrain>(old).AppendAsync(cluster.NewDelivery(old)));
        Assert.Equal(1, (await cluster.Grains.GetGrain<IDomainGrain>(domain).ReadAsync())!.Users);
    }

    [Fact]
    public async Task A_deletion_that_stopped_half_way_refuses_at_once_and_is_finished_by_the_work_grain()
    {
        var domain = await cluster.NewDomainAsync();
        await cluster.CreateUserAsync($"mick@{domain}");
        var user = cluster.Grains.GetGrain<IAccountGrain>($"mick@{domain}");
        var old = (await user.ReadAsync())!.MailboxId;
        cluster.Rows.Commits.Skip(2).Next(Fault.Error); // the promise and the mark stand; closing the mailbox fails

        Assert.Equal(NameOutcome.Done, (await user.DeleteAsync()).Outcome);
        Assert.Contains(NameRow.Key("mick"), cluster.Memory.KeysOf(NameRow.Partition(domain)));
        await cluster.ForgetAsync(user);
        cluster.Time.Advance(new AddressOptions().WorkGrace);
        await cluster.DrainAsync(WorkItem.Address($"mick@{domain}"));

        Assert.DoesNotContain(NameRow.Key("mick"), cluster.Memory.KeysOf(NameRow.Partition(domain)));
        Assert.Equal(OpenStatus.Closed, (await cluster.Grains.GetGrain<IMailboxGrain>(old).OpenAsync(TimeSpan.Zero)).Status);
        Assert.DoesNotContain(
            WorkItem.KeyOf(WorkItem.Address($"mick@{domain}")),
            cluster.Memory.KeysOf($"work!{WorkItem.SliceOf(WorkItem.Address($"mick@{domain}")):x2}"));
    }

    [Fact]
    public async Task Whoever_meets_a_half_deleted_user_finishes_the_deletion()
    {
        var domain = await cluster.NewDomainAsync();
        await cluster.CreateUserAsync($"mick@{domain}");
        var user = cluster.Grains.GetGrain<IAccountGrain>($"mick@{domain}");
        cluster.Rows.Commits.Skip(2).Next(Fault.Error);
        await user.DeleteAsync();

        Assert.True((await cluster.ResolveAsync($"mick@{domain}")).Refused);
        Assert.Null(await user.ReadAsync());
        Assert.Null(await user.GetLoginAsync());
        await cluster.Grains.GetGrain<IAddressWork>($"mick@{domain}").ResumeAsync(); // waits for the one that resolving began

        Assert.Equal(Resolution.None, await cluster.ResolveAsync($"mick@{domain}"));
    }

    [Fact]
    public async Task A_creation_whose_reply_is_lost_is_done()
    {
        var domain = await cluster.NewDomainAsync();
        cluster.Rows.Commits.Next(Fault.LostReply);

        Assert.Equal(NameOutcome.Done, await cluster.CreateUserAsync($"mick@{domain}"));
    }

    [Fact]
    public async Task Trouble_of_the_store_is_an_exception_and_no_answer()
    {
        var domain = await cluster.NewDomainAsync();
        using (cluster.Rows.Reads.While(Fault.Error))
            await Assert.ThrowsAsync<StorageException>(() => cluster.ResolveAsync($"mick@{domain}"));

        Assert.Equal(Resolution.None, await cluster.ResolveAsync($"mick@{domain}"));
    }

    [Fact]
    public async Task A_user_who_moves_keeps_the_mailbox_and_leaves_the_old_name_free()
    {
        var from = await cluster.NewDomainAsync();
        var to = await cluster.NewDomainAsync();
        await cluster.CreateUserAsync($"mick@{from}", new AccountSettings { Copy = "x@y.test" });
        var before = await cluster.ResolveAsync($"mick@{from}");

        Assert.Equal(NameOutcome.Done, (await Account($"mick@{from}").MoveAsync($"mike@{to}")).Outcome);

        Assert.Equal(before, await cluster.ResolveAsync($"mike@{to}"));
        Assert.Equal(Resolution.None, await cluster.ResolveAsync($"mick@{from}"));
        Assert.Equal(0, (await cluster.Grains.GetGrain<IDomainGrain>(from).ReadAsync())!.Users);
        Assert.Equal(1, (await cluster.Grains.GetGrain<IDomainGrain>(to).ReadAsync())!.Users);
        Assert.Equal(NameOutcome.Done, await cluster.CreateUserAsync($"mick@{from}"));
        Assert.NotEqual(before.Id, (await cluster.ResolveAsync($"mick@{from}")).Id);
    }

    [Fact]
    public async Task A_move_to_a_taken_name_or_a_foreign_domain_leaves_the_user_where_it_was()
    {
        var domain = await cluster.NewDomainAsync();
        await cluster.CreateUserAsync($"mick@{domain}");
        await cluster.CreateUserAsync($"ann@{domain}");
        var before = await cluster.ResolveAsync($"mick@{domain}");

        Assert.Equal(NameOutcome.Exists, (await Account($"mick@{domain}").MoveAsync($"ann@{domain}")).Outcome);
        Assert.Equal(NameOutcome.NoDomain, (await Account($"mick@{domain}").MoveAsync("mick@foreign.test")).Outcome);

        Assert.Equal(before, await cluster.ResolveAsync($"mick@{domain}"));
    }

    [Fact]
    public async Task Two_who_want_each_others_names_at_once_both_stay()
    {
        var domain = await cluster.NewDomainAsync();
        await cluster.CreateUserAsync($"mick@{domain}");
        await cluster.CreateUserAsync($"ann@{domain}");

        var moves = await Task.WhenAll(
            Account($"mick@{domain}").MoveAsync($"ann@{domain}"),
            Account($"ann@{domain}").MoveAsync($"mick@{domain}")).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.All(moves, move => Assert.Equal(NameOutcome.Exists, move.Outcome));
        Assert.False((await cluster.ResolveAsync($"mick@{domain}")).Refused);
        Assert.False((await cluster.ResolveAsync($"ann@{domain}")).Refused);
    }

    [Theory]
    [InlineData(1)] // the promise is written, the mark is not
    [InlineData(2)] // the mark is written, the new row is not
    [InlineData(3)] // the new row is written, the old one stands
    public async Task A_move_that_stopped_half_way_is_finished(int commits)
    {
        var domain = await cluster.NewDomainAsync();
        await cluster.CreateUserAsync($"mick@{domain}");
        var before = await cluster.ResolveAsync($"mick@{domain}");
        cluster.Rows.Commits.Skip(commits).Next(Fault.Error);
        await Assert.ThrowsAnyAsync<Exception>(() => Account($"mick@{domain}").MoveAsync($"mike@{domain}"));

        await cluster.Grains.GetGrain<IAddressWork>($"mick@{domain}").ResumeAsync();

        var names = new[] { await cluster.ResolveAsync($"mick@{domain}"), await cluster.ResolveAsync($"mike@{domain}") };
        Assert.Equal(before.Id, Assert.Single(names, name => name.Kind == NameKind.User).Id);
        Assert.DoesNotContain(names, name => name.Refused);
    }

    private IAccountGrain Account(string address) => cluster.Grains.GetGrain<IAccountGrain>(address);
}
