using System.Collections.Concurrent;
using System.Text;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Tools.Tests;

namespace Orleans.Mail.EndToEnd.Tools;

/// <summary>smtpd backup while the server works, and smtpd restore.</summary>
public sealed class BackupTests : IAsyncDisposable
{
    private const int Users = 4;

    private readonly InstalledServer server = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("backup")]
    [InlineData("backup.tar.gz")]
    public async Task A_backup_under_load_has_every_message_that_was_acknowledged_before_it_began(string target)
    {
        await server.StartWithAsync([.. Enumerable.Range(0, Users).Select(user => $"u{user}"), "eraser"]);
        var acknowledged = new ConcurrentDictionary<string, int>();
        using var enough = new CancellationTokenSource();
        var load = Enumerable.Range(0, Users).Select(user => SendAsync(user, acknowledged, enough.Token)).Append(EraseAsync(enough.Token)).ToArray();
        while (acknowledged.Count < 100 && !load.Any(task => task.IsCompleted))
            await Task.Delay(5, Cancelled);

        var before = acknowledged.ToArray();
        await server.DoAsync("backup", server[target]);
        await enough.CancelAsync();
        await Task.WhenAll(load);
        await server.StopAsync();

        await using var other = new InstalledServer();
        await other.DoAsync("restore", server[target]);
        await other.StartAsync();
        for (var user = 0; user < Users; user++)
        {
            var restored = await Wire.FetchAllAsync(other.Pop3, $"u{user}@acme.test");
            var markers = restored.Select(MarkerOf).ToArray();
            Assert.Equal(restored, markers.Select(MessageOf)); // each readable, octet for octet
            Assert.Empty(before.Where(each => each.Value == user).Select(each => each.Key).Except(markers));
        }

        Assert.NotEmpty(before);
        await Wire.FetchAllAsync(other.Pop3, "eraser@acme.test"); // what was deleted meanwhile is whole or gone
        Assert.Contains("Orphans:\t0", await ServerUnderTest.ManageAsync(other.Management, "STORE SWEEP"));
    }

    [Fact]
    public async Task A_store_that_is_there_is_replaced_by_force_only_and_kept()
    {
        await server.StartWithAsync("mick");
        await Wire.SendAsync(server.Smtp, "mick@acme.test", Encoding.ASCII.GetBytes(MessageOf("first.7")));
        await server.DoAsync("backup", server["backup"]);
        await AssertRefusedAsync("is not empty", "backup", server["backup"]);
        await Wire.SendAsync(server.Smtp, "mick@acme.test", Encoding.ASCII.GetBytes(MessageOf("second")));

        await AssertRefusedAsync("is in use by process", "restore", server["backup"], "--force");
        await server.StopAsync();
        await AssertRefusedAsync("there is a store in", "restore", server["backup"]);
        Assert.Contains("is in " + server.Store, await server.DoAsync("restore", server["backup"], "--force"), StringComparison.Ordinal);
        await server.StartAsync();
        Assert.Equal([MessageOf("first.7")], await Wire.FetchAllAsync(server.Pop3, "mick@acme.test"));
        await server.StopAsync();

        var kept = Assert.Single(Directory.GetDirectories(server.Store, "replaced-*"));
        var export = await Tool.RunAsync("export", server["kept"], $"--Storage:Path={kept}");
        Assert.Contains("mick@acme.test: 2 messages written", export.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_backup_is_refused_and_nothing_is_replaced()
    {
        await server.StartWithAsync("mick");
        await Wire.SendAsync(server.Smtp, "mick@acme.test", Encoding.ASCII.GetBytes(MessageOf("large.7")));
        await server.StopAsync();
        await server.DoAsync("backup", server["whole"], "--copy");

        await DamageAsync("cut", folder => File.WriteAllText(Directory.GetFiles(Path.Combine(folder, "bodies"), "*", SearchOption.AllDirectories)[0], "x"));
        await DamageAsync("missing", folder => Directory.Delete(Path.Combine(folder, "bodies"), recursive: true));
        await DamageAsync("unfinished", folder => File.Delete(Path.Combine(folder, "backup.txt")));
        await DamageAsync("garbled", folder =>
        {
            using var file = new FileStream(Path.Combine(folder, "mail.db"), FileMode.Open);
            file.Position = 4096;
            file.Write(Enumerable.Repeat((byte)0xA5, (int)(file.Length - file.Position)).ToArray());
        });
        await DamageAsync("later", folder =>
        {
            using var file = new FileStream(Path.Combine(folder, "mail.db"), FileMode.Open);
            file.Position = 63; // the low octet of user_version
            file.WriteByte(99);
        });

        await server.StartAsync();
        Assert.Equal([MessageOf("large.7")], await Wire.FetchAllAsync(server.Pop3, "mick@acme.test"));

        async Task DamageAsync(string name, Action<string> damage)
        {
            CopyFolder(server["whole"], server[name]);
            damage(server[name]);
            await AssertRefusedAsync("", "restore", server[name], "--force");
            Assert.Empty(Directory.GetDirectories(server.Store, "re*")); // neither replaced-… nor restoring
        }
    }

    [Fact]
    public async Task A_file_that_a_row_names_and_the_disk_has_not_fails_the_backup_and_leaves_nothing()
    {
        await server.StartWithAsync("mick");
        await Wire.SendAsync(server.Smtp, "mick@acme.test", Encoding.ASCII.GetBytes(MessageOf("large.7")));
        Directory.Delete(Path.Combine(server.Store, "bodies"), recursive: true);
        await AssertRefusedAsync("is missing", "backup", server["backup"]);
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(server["backup"])!, "backup*"));
        Assert.False(File.Exists(Path.Combine(server.Store, "backup.lock")));
    }

    private async Task AssertRefusedAsync(string reason, params string[] arguments)
    {
        var run = await server.RunAsync(arguments);
        Assert.Equal(1, run.Code);
        Assert.NotEmpty(run.Error);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    private async Task SendAsync(int user, ConcurrentDictionary<string, int> acknowledged, CancellationToken enough)
    {
        using var client = await Wire.GreetAsync(server.Smtp);
        for (var number = 0; !enough.IsCancellationRequested; number++)
        {
            var marker = $"{user}.{number}";
            if ((await Wire.SendAsync(client, $"u{user}@acme.test", Encoding.ASCII.GetBytes(MessageOf(marker)))).StartsWith("250 ", StringComparison.Ordinal))
                acknowledged[marker] = user;
        }
    }

    // A user who fetches and deletes large messages all the time.
    private async Task EraseAsync(CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            for (var i = 0; i < 5; i++)
                await Wire.SendAsync(server.Smtp, "eraser@acme.test", Encoding.ASCII.GetBytes(MessageOf($"erase.{i}7")));
            await Wire.FetchAllAsync(server.Pop3, "eraser@acme.test", delete: true);
        }
    }

    // On both sides of the threshold between bodies in rows and bodies in files.
    private static string MessageOf(string marker)
    {
        var length = marker.EndsWith('7') ? 200_000 : 3_000;
        var line = string.Join('/', Enumerable.Repeat(marker, 8));
        return $"Subject: {marker}\r\n\r\n{string.Join("\r\n", Enumerable.Repeat(line, length / line.Length))}\r\n";
    }

    private static string MarkerOf(string message) => message["Subject: ".Length..message.IndexOf('\r', StringComparison.Ordinal)];

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
