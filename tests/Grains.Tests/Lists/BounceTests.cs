using System.Text;

namespace Orleans.Mail.Grains.Tests.Lists;

public sealed class BounceTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private const string Report =
        "Return-Path: <>\r\nFrom: mailer@far.test\r\nSubject: failed\r\nMIME-Version: 1.0\r\n" +
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n" +
        "--b\r\nContent-Type: text/plain\r\n\r\nFinal-Recipient: rfc822; text@far.test\r\nAction: failed\r\n\r\n" +
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; far.test\r\n\r\n" +
        "Original-Recipient: rfc822;Ann@far.test\r\nFinal-Recipient: rfc822; ann.b@inner.far.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" +
        "Final-Recipient: RFC822; <bob@far.test>\r\nAction: Failed\r\nStatus: 5.2.2\r\n\r\n" +
        "Final-Recipient: rfc822; carl@far.test\r\nAction: delayed\r\nStatus: 4.2.2\r\n\r\n" +
        "Final-Recipient: rfc822; nobody@far.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" +
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: the post\r\n\r\n--b--\r\n";

    [Fact]
    public async Task The_failed_members_of_a_report_are_counted_and_the_report_goes_nowhere()
    {
        var domain = await cluster.NewDomainAsync();
        var list = await cluster.NewListAsync(domain);
        var boss = await cluster.NewMailboxAsync($"boss@{domain}");
        await list.AddAsync("ann@far.test", "bob@far.test", "carl@far.test", "text@far.test");
        await list.Members.AddAsync(new ListMember($"boss@{domain}", MemberType.Administrator));

        var bounce = await cluster.PostAsync($"staff-owner@{domain}", Report, sender: "");
        await cluster.WaitForListsAsync();

        var bounces = await Task.WhenAll(new[] { "ann", "bob", "carl", "text" }.Select(CountAsync));
        Assert.Equal([1, 1, 0, 0], bounces);
        Assert.Equal(0, await cluster.CountMailAsync(boss));
        Assert.False(cluster.Bodies.Exists(bounce.Body));

        async Task<long> CountAsync(string name) => (await list.Members.FindAsync($"{name}@far.test"))!.Bounces;
    }

    [Fact]
    public async Task What_is_no_report_counts_nothing()
    {
        var domain = await cluster.NewDomainAsync();
        var list = await cluster.NewListAsync(domain);
        await list.AddAsync("ann@far.test");

        await cluster.PostAsync($"staff-owner@{domain}", "Subject: I am away\r\n\r\nFinal-Recipient: rfc822; ann@far.test\r\nAction: failed\r\n", sender: "");
        await cluster.PostAsync($"staff-owner@{domain}", "", sender: "");
        await cluster.WaitForListsAsync();

        Assert.Equal(0, (await list.Members.FindAsync("ann@far.test"))!.Bounces);
    }

    [Fact]
    public async Task Mail_to_the_owners_from_somebody_goes_to_the_administrators()
    {
        var domain = await cluster.NewDomainAsync();
        var list = await cluster.NewListAsync(domain);
        var boss = await cluster.NewMailboxAsync($"boss@{domain}");
        await list.Members.AddAsync(new ListMember($"boss@{domain}", MemberType.Administrator));

        await cluster.PostAsync($"staff-owner@{domain}");

        Assert.Equal(1, await cluster.CountMailAsync(boss));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(200)]
    [InlineData(700)]
    [InlineData(1100)]
    public async Task A_report_that_is_cut_is_read_as_far_as_it_goes(int length)
    {
        var text = Report[..Math.Min(length, Report.Length)];

        var failed = await BounceReport.ReadAsync(new MemoryStream(Encoding.ASCII.GetBytes(text)));

        Assert.All(failed, recipient => Assert.Contains("far.test", recipient.Original + recipient.Final));
    }
}
