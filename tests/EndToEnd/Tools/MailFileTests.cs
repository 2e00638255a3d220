using System.Text;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd.Tools;

/// <summary>Export and import: a mailbox goes to mail files and comes back octet for octet.</summary>
public sealed class MailFileTests : IAsyncDisposable
{
    private static readonly string[] Messages =
    [
        "Subject: plain\r\n\r\none\r\n",
        "Subject: From\r\n\r\nFrom me\r\n>From you\r\n\r\nFrom after an empty line\r\n.\r\n..\r\n",
        "Subject: 8 bit\r\n\r\n\u00e4\u00ff\0\r\n",
        "\r\n",
        $"Subject: large\r\n\r\n{string.Concat(Enumerable.Repeat("From all lines of a file of its own\r\n", 6_000))}\r\n\r\n",
    ];

    private readonly InstalledServer server = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("maildir")]
    [InlineData("maildir", "--lf")]
    [InlineData("mbox")]
    [InlineData("mbox", "--lf")]
    public async Task Mailboxes_come_back_octet_for_octet_on_another_server(string format, params string[] options)
    {
        await server.StartWithAsync("mick", "empty");
        await ServerUnderTest.ManageAsync(server.Management, "USER MOD NAME=mick DOMAIN=acme.test DIR=micks");
        var before = await SendAllAsync();
        var exported = await server.DoAsync(["export", server["all"], "--format", format, .. options]);
        Assert.Contains($"mick@acme.test: {Messages.Length} messages written", exported, StringComparison.Ordinal);
        Assert.True(Path.Exists(server[format == "mbox" ? "all/acme.test/micks.mbox" : "all/acme.test/micks"]));

        await using var other = new InstalledServer();
        await other.StartWithAsync("mick", "empty");
        await ServerUnderTest.ManageAsync(other.Management, "USER MOD NAME=mick DOMAIN=acme.test DIR=micks");
        await other.StopAsync();
        Assert.Contains($"mick@acme.test: {Messages.Length} messages added", await other.DoAsync("import", server["all"]), StringComparison.Ordinal);
        Assert.Contains($"mick@acme.test: 0 messages added, {Messages.Length} were there", await other.DoAsync("import", server["all"]), StringComparison.Ordinal);
        await other.StartAsync();
        Assert.Equal(before, await FetchAsync(other, "mick"));
        Assert.Empty(await FetchAsync(other, "empty"));
    }

    [Fact]
    public async Task A_Maildir_keeps_ids_and_is_completed_by_a_second_export()
    {
        await server.StartWithAsync("mick");
        await SendAllAsync();
        Assert.Contains("5 messages written, 0 were there", await ExportAsync(), StringComparison.Ordinal);
        await Wire.SendAsync(server.Smtp, "mick@acme.test", "Subject: late\r\n\r\n"u8.ToArray());
        Assert.Contains("1 messages written, 5 were there", await ExportAsync(), StringComparison.Ordinal);
        var ids = await UidlAsync();
        var names = Directory.GetFiles(server["mick/new"]).Select(path => Path.GetFileName(path)).ToArray();
        Assert.Equal(ids.Order(), names.Select(name => name[(name.IndexOf(".M", StringComparison.Ordinal) + 2)..][..26]).Order());

        await server.StopAsync();
        Assert.Contains("0 messages added, 6 were there", await ImportAsync(), StringComparison.Ordinal);
        await server.StartAsync();
        Assert.Equal(ids, await UidlAsync());

        Task<string> ExportAsync() => server.DoAsync("export", server["mick"], "-m", "mick@acme.test");
        Task<string> ImportAsync() => server.DoAsync("import", server["mick"], "-m", "mick@acme.test");
    }

    [Fact]
    public async Task Messages_that_were_deleted_come_back_by_an_import_and_the_others_do_not_double()
    {
        await server.StartWithAsync("mick");
        var before = await SendAllAsync();
        await server.DoAsync("export", server["mick"], "-m", "mick@acme.test");
        using (var client = await LoginAsync(server, "mick"))
        {
            Assert.StartsWith("+OK", await client.Pop3Async("DELE 2"), StringComparison.Ordinal);
            Assert.StartsWith("+OK", await client.Pop3Async("QUIT"), StringComparison.Ordinal);
        }

        await server.StopAsync();
        Assert.Contains("1 messages added, 4 were there", await server.DoAsync("import", server["mick"], "-m", "mick@acme.test"), StringComparison.Ordinal);
        await server.StartAsync();
        Assert.Equal(before.Order(), (await FetchAsync(server, "mick")).Order());
    }

    [Fact]
    public async Task Mail_of_other_systems_is_taken_once_whatever_its_line_ends()
    {
        await server.StartWithAsync("mick", "nobody");
        await server.StopAsync();
        Directory.CreateDirectory(server["foreign/cur"]);
        await File.WriteAllTextAsync(server["foreign/cur/1600000000.V1.host:2,S"], "Return-Path: <a@b.test>\nSubject: x\n\nFrom\nme", Cancelled);
        await File.WriteAllTextAsync(server["foreign/cur/1600000001.V2.host:2,S"], "Delivered-To: other@else.test\r\nSubject: y\r\n\r\n", Cancelled);
        Assert.Contains("2 messages added", await server.DoAsync("import", server["foreign"], "-m", "mick@acme.test"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(server["foreign.mbox"], "From a@b.test Sun Nov 22 20:35:36 2026\nReturn-Path: <a@b.test>\nSubject: x\n\nFrom\nme\n\n", Cancelled);
        Assert.Contains("0 messages added, 1 were there", await server.DoAsync("import", server["foreign.mbox"], "-m", "mick@acme.test"), StringComparison.Ordinal);
        await server.StartAsync();
        Assert.Equal(
            [
                "Delivered-To: mick@acme.test\r\nReturn-Path: <a@b.test>\r\nSubject: x\r\n\r\nFrom\r\nme\r\n",
                "Delivered-To: other@else.test\r\nSubject: y\r\n\r\n",
            ],
            await FetchAsync(server, "mick"));
        Assert.Contains("Orphans:\t0", await ServerUnderTest.ManageAsync(server.Management, "STORE SWEEP"));
    }

    [Fact]
    public async Task What_cannot_be_exported_or_imported_is_refused()
    {
        await server.StartWithAsync("mick");
        await AssertRefusedAsync("is no user", "export", server["x"], "-m", "nobody@acme.test");
        await AssertRefusedAsync("is in use by process", "import", server["data"], "-m", "mick@acme.test");
        await server.StopAsync();
        await AssertRefusedAsync("is no user", "import", server["data"], "-m", "nobody@acme.test");
        await AssertRefusedAsync("neither a Maildir nor an mbox", "import", server["data"], "-m", "mick@acme.test");
        await AssertRefusedAsync("no mbox", "import", Path.Combine(server.Store, "store.pid"), "-m", "mick@acme.test");
        await server.DoAsync("export", server["x.mbox"], "-m", "mick@acme.test", "--format", "mbox");
        await AssertRefusedAsync("exists already", "export", server["x.mbox"], "-m", "mick@acme.test", "--format", "mbox");
        await server.DoAsync("export", server["x.mbox"], "-m", "mick@acme.test", "--format", "mbox", "--force");

        Directory.CreateDirectory(server["all/acme.test/stranger/new"]);
        await AssertRefusedAsync("stranger belongs to no user", "import", server["all"]);
    }

    private async Task AssertRefusedAsync(string reason, params string[] arguments)
    {
        var run = await server.RunAsync(arguments);
        Assert.Equal(1, run.Code);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> SendAllAsync()
    {
        foreach (var message in Messages)
            Assert.StartsWith("250 ", await Wire.SendAsync(server.Smtp, "mick@acme.test", Encoding.Latin1.GetBytes(message)), StringComparison.Ordinal);
        return await FetchAsync(server, "mick");
    }

    private static async Task<LineClient> LoginAsync(InstalledServer server, string user)
    {
        var client = await LineClient.ConnectAsync(server.Pop3);
        Assert.StartsWith("+OK", await client.ReadLineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await client.Pop3Async($"USER {user}@acme.test"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await client.Pop3Async("PASS secret"), StringComparison.Ordinal);
        return client;
    }

    /// <summary>All messages as POP3 shows them.</summary>
    private static async Task<IReadOnlyList<string>> FetchAsync(InstalledServer server, string user)
    {
        using var client = await LoginAsync(server, user);
        var count = (await client.Pop3Async("STAT")).Split(' ')[1];
        var messages = new List<string>();
        for (var number = 1; number <= int.Parse(count, System.Globalization.CultureInfo.InvariantCulture); number++)
        {
            Assert.StartsWith("+OK", await client.Pop3Async($"RETR {number}"), StringComparison.Ordinal);
            messages.Add(await client.Pop3BodyAsync());
        }

        await client.Pop3Async("QUIT");
        return messages;
    }

    private async Task<IReadOnlyList<string>> UidlAsync()
    {
        using var client = await LoginAsync(server, "mick");
        Assert.StartsWith("+OK", await client.Pop3Async("UIDL"), StringComparison.Ordinal);
        var lines = (await client.Pop3BodyAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        await client.Pop3Async("QUIT");
        return [.. lines.Select(line => line.Split(' ')[1])];
    }
}
