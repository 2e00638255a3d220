using System.Net;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Manage;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Manage;

public sealed class AccessTests
{
    private static readonly IPAddress Outside = IPAddress.Parse("192.0.2.1");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", "OK0100 logged in")]
    [InlineData("::1", "OK0100 logged in")]
    [InlineData("::ffff:127.0.0.1", "OK0100 logged in")]
    [InlineData("192.0.2.1", "ER0106 login incorrect")]
    [InlineData("::ffff:192.0.2.1", "ER0106 login incorrect")]
    public async Task The_initial_password_works_from_loopback_only(string from, string answer)
    {
        await using var server = new ManagementServer();
        Assert.Equal([answer], await server.AskAsync(["LOGIN system"], IPAddress.Parse(from), Cancelled));
    }

    [Fact]
    public async Task A_changed_password_works_from_everywhere_and_is_no_plain_text()
    {
        await using var server = new ManagementServer();
        await server.AskAsync(["LOGIN system", "PASSWD OLD=system NEW=changed"], IPAddress.Loopback, Cancelled);
        Assert.DoesNotContain("changed", server.Cluster.Access.Secret!.Hash, StringComparison.Ordinal);
        Assert.Equal(["OK0100 logged in"], await server.AskAsync(["LOGIN changed"], Outside, Cancelled));
        Assert.Equal(["ER0106 login incorrect"], await server.AskAsync(["LOGIN system"], IPAddress.Loopback, Cancelled));
        Assert.DoesNotContain("Warning:\tthe management password is still the initial one: change it with PASSWD", await server.AskAsync(["LOGIN changed", "STATUS"], Outside, Cancelled));
    }

    [Fact]
    public async Task The_third_wrong_old_password_closes_the_session()
    {
        await using var server = new ManagementServer();
        var answers = await server.AskAsync(["LOGIN system", "PASSWD OLD=a NEW=x", "PASSWD OLD=b NEW=x", "PASSWD OLD=c NEW=x", "STATUS"], IPAddress.Loopback, Cancelled);
        Assert.Equal(["OK0100 logged in", .. Enumerable.Repeat("ER0106 OLD is not the password", 3)], answers);
        Assert.Null(server.Cluster.Access.Secret);
    }

    [Fact]
    public async Task Failures_slow_the_address_down()
    {
        await using var server = new ManagementServer();
        server.Cluster.Access.Slows = true;
        server.Cluster.Access.Failures[IPAddress.Loopback.ToString()] = 5;
        await using var wire = new WireConnection();
        wire.Start(server.Handler);
        await wire.ReadLineAsync(Cancelled);
        await wire.SendAsync("LOGIN system\r\n"u8.ToArray(), Cancelled);
        var answer = wire.ReadLineAsync(Cancelled);

        server.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(answer.IsCompleted);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("OK0100 logged in", await answer);
        Assert.Empty(server.Cluster.Access.Failures);
    }

    [Fact]
    public async Task Of_an_address_so_many_wait_and_the_others_are_told_at_once()
    {
        await using var server = new ManagementServer();
        server.Cluster.Access.Slows = true;
        server.Cluster.Access.Failures[Outside.ToString()] = 5;
        var wires = new List<WireConnection>();
        for (var i = 0; i <= LoginTurns.MostOfAddress; i++)
        {
            var wire = new WireConnection(Outside);
            wires.Add(wire);
            wire.Start(server.Handler);
            await wire.ReadLineAsync(Cancelled);
            await wire.SendAsync("LOGIN wrong\r\n"u8.ToArray(), Cancelled);
        }

        var answers = wires.ConvertAll(wire => wire.ReadLineAsync(Cancelled));
        Assert.Equal("ER0107 too many logins of your address at a time, try again", await await Task.WhenAny(answers));
        Assert.Equal(["OK0100 logged in"], await server.AskAsync(["LOGIN system"], IPAddress.Loopback, Cancelled));

        server.Time.Advance(TimeSpan.FromSeconds(10));
        var all = await Task.WhenAll(answers);
        Assert.Equal(LoginTurns.MostOfAddress, all.Count(answer => answer == "ER0106 login incorrect"));
        foreach (var wire in wires)
            await wire.DisposeAsync();
        Assert.Equal(["ER0106 login incorrect"], await server.AskAsync(["LOGIN wrong"], IPAddress.Parse("192.0.2.2"), Cancelled));
    }

    [Fact]
    public async Task Who_guesses_on_many_connections_makes_others_wait_for_one_check()
    {
        using var turns = new LoginTurns();
        var running = new TaskCompletionSource();
        var guesses = Enumerable.Range(0, 50).Select(_ => turns.TryBegin(Outside)!).ToList();
        var order = new List<string>();
        var checks = guesses.ConvertAll(guess => guess.CheckAsync(() => Note("guess")));
        using var operators = turns.TryBegin(IPAddress.Loopback)!;

        var check = operators.CheckAsync(() => Note("operator"));
        running.SetResult();
        await Task.WhenAll([.. checks, check]);

        Assert.InRange(order.IndexOf("operator"), 0, 2);
        guesses.ForEach(static guess => guess.Dispose());

        bool Note(string who)
        {
            running.Task.Wait(Cancelled);
            lock (order)
                order.Add(who);
            return true;
        }
    }

    [Fact]
    public async Task A_failure_is_counted_for_its_address()
    {
        await using var server = new ManagementServer();
        await server.AskAsync(["LOGIN one", "LOGIN two"], Outside, Cancelled);
        Assert.Equal(2, server.Cluster.Access.Failures[Outside.ToString()]);
    }

    [Theory]
    [InlineData("0.0.0.0", false, true)]
    [InlineData("192.0.2.1", false, true)]
    [InlineData("::", false, true)]
    [InlineData("127.0.0.1", false, false)]
    [InlineData("::1", false, false)]
    [InlineData("0.0.0.0", true, false)]
    public async Task An_open_port_with_the_initial_password_stops_the_start(string bind, bool changed, bool stops)
    {
        await using var server = new ManagementServer(options: new ManagementOptions { Bind = IPAddress.Parse(bind) });
        if (changed)
            server.Cluster.Access.Secret = new AccessSecret("hash", 1);
        var guard = new ManagementGuard(server.Get<ManagementOptions>(), server.Get<ManagementAccess>());
        var start = guard.StartAsync(Cancelled);
        if (stops)
            Assert.StartsWith($"Management:Bind = '{bind}' is not allowed: it must be a loopback address while", (await Assert.ThrowsAsync<ParameterException>(() => start)).Message, StringComparison.Ordinal);
        else
            await start;
    }
}
