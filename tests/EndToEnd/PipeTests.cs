using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>Mail for an alias that feeds a program.</summary>
public sealed class PipeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_message_reaches_the_program_of_an_alias()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("programs run on Linux only");
            return;
        }

        using var folder = new TemporaryFolder();
        var program = Path.Combine(folder.Path, "program");
        var got = Path.Combine(folder.Path, "got");
        await File.WriteAllTextAsync(program, "#!/bin/sh\ncat > \"$1.part\"; mv \"$1.part\" \"$1\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        GrainFactoryOf grains = null!;
        await using var server = await ServerUnderTest.StartAsync(
            services => services.AddHostedService(provider => grains = new GrainFactoryOf(provider.GetRequiredService<IGrainFactory>())),
            $"--Pipe:Programs={program}",
            $"--Pipe:User={(Environment.IsPrivilegedProcess ? Environment.UserName : "")}");
        await grains.Factory.GetGrain<IAliasGrain>("robot@acme.test").CreateAsync(new AliasTarget("", $"{program} {got}"));

        using (var client = await LineClient.ConnectAsync(server.Smtp))
        {
            await client.SmtpReplyAsync();
            foreach (var line in new[] { "HELO x", "MAIL FROM:<jane@else.test>", "RCPT TO:<robot@acme.test>", "DATA", "Subject: x\r\n\r\nHello\r\n." })
                Assert.Matches("^[23]", await client.SmtpAsync(line));
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!File.Exists(got))
            await Task.Delay(20, limit.Token);
        var text = await File.ReadAllTextAsync(got, limit.Token);
        Assert.StartsWith("Return-Path: <jane@else.test>\nDelivered-To: robot@acme.test\nReceived: ", text, StringComparison.Ordinal);
        Assert.EndsWith("\nSubject: x\n\nHello\n", text, StringComparison.Ordinal);
    }

    private sealed class GrainFactoryOf(IGrainFactory factory) : IHostedService
    {
        public IGrainFactory Factory => factory;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
