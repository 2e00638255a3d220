using System.Globalization;
using System.Net;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Gateway.Health;

namespace Orleans.Mail.EndToEnd.Watching;

/// <summary>What Kubernetes and Prometheus ask.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task A_server_that_is_ready_says_so_and_where()
    {
        await using var server = await ServerUnderTest.StartAsync(null, "--Health:Port=0", "--Health:Bind=127.0.0.1");
        using var health = new HealthClient(server.Health);

        Assert.EndsWith($" health={server.Health}", server.ReadyLine, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "live\n"), await health.GetAsync("/health/live"));
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await health.GetAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.NotFound, (await health.GetAsync("/")).Status);
        Assert.Equal(0, await ProbeAsync(server.Health));
    }

    [Fact]
    public async Task Without_a_health_port_nothing_is_measured_and_nobody_answers()
    {
        await using var server = await ServerUnderTest.StartAsync();

        Assert.DoesNotContain("health", server.ReadyLine, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => server.Health);
    }

    [Fact]
    public async Task The_figures_of_mail_grains_and_runtime_are_there_for_Prometheus()
    {
        await using var server = await ServerUnderTest.StartAsync(null, "--Health:Port=0", "--Health:Bind=127.0.0.1");
        await server.AddUserAsync("mick");
        Assert.StartsWith("250 ", await Wire.SendAsync(server.Smtp, "mick@acme.test", "Subject: x\r\n\r\nx\r\n"u8.ToArray()), StringComparison.Ordinal);
        Assert.Single(await Wire.FetchAllAsync(server.Pop3, "mick@acme.test"));

        using var health = new HealthClient(server.Health);
        var (status, text) = await health.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.OK, status);
        var names = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0]).ToHashSet();
        Assert.Superset(
            new HashSet<string>
            {
                "mail_connections_open", "mail_smtp_messages_total", "mail_smtp_acceptance_seconds_bucket", "mail_pop3_messages_retrieved_total", "mail_login_attempts_total",
                "mail_store_group_duration_seconds_count", "dotnet_process_cpu_time_seconds_total", "dotnet_process_memory_working_set_bytes",
                "orleans_grains", "orleans_app_requests_latency_milliseconds_bucket",
            },
            names);
        Assert.Matches("""mail_smtp_messages_total\{[^}]*code="250"[^}]*\} [1-9]\d*\n""", text);
        Assert.Matches("""mail_smtp_acceptance_seconds_bucket\{[^}]*le="0.0025"\}""", text);
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_is_not_ready_while_it_ends_what_runs_and_exits_with_0()
    {
        using var folder = new TemporaryFolder();
        using var process = await ServerProcess.StartWithAsync(folder.Path, ["--Health:Port=0", "--Health:Bind=127.0.0.1"]);
        await ServerUnderTest.ManageAsync(process.Management, "DOMAIN ADD NAME=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");
        using var health = new HealthClient(process.Health);
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await health.GetAsync("/health/ready"));

        using var sender = await Wire.GreetAsync(process.Smtp);
        await sender.SmtpAsync("MAIL FROM:<sender@client.test>");
        await sender.SmtpAsync("RCPT TO:<mick@acme.test>");
        Assert.StartsWith("354 ", await sender.SmtpAsync("DATA"), StringComparison.Ordinal);
        process.Signal();

        (HttpStatusCode Status, string Text) ready;
        do
            ready = await health.GetAsync("/health/ready");
        while (ready.Status == HttpStatusCode.OK);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the process is stopping\n"), ready);
        Assert.Equal((HttpStatusCode.OK, "live\n"), await health.GetAsync("/health/live"));
        Assert.Equal(1, await ProbeAsync(process.Health));

        await sender.SendAsync("Subject: late\r\n\r\nlate\r\n.\r\n");
        Assert.StartsWith("250 ", await sender.SmtpReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await process.WaitForExitAsync());

        using var again = await ServerProcess.StartAsync(folder.Path);
        Assert.Single(await Wire.FetchAllAsync(again.Pop3, "mick@acme.test"));
    }

    private static Task<int> ProbeAsync(IPEndPoint health) =>
        HealthProbe.RunAsync(["health", string.Create(CultureInfo.InvariantCulture, $"--Health:Port={health.Port}")], TextWriter.Null);
}
