using System.Text;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>
/// What a power cut would leave: between the end of the data and its 250 the kernel was told to write the WAL to the
/// disk, and for a large body its file and folder as well. Watched from outside, by strace; skipped where it is not installed.
/// </summary>
public sealed class PowerCutTests
{
    private const string Traced = "trace=fsync,fdatasync,recvmsg,recvfrom,read,sendmsg,sendto,write";

    [Theory]
    [InlineData(1, 10, 3_000)]
    [InlineData(10, 10, 3_000)]
    [InlineData(1, 3, 200_000)]
    [InlineData(4, 3, 200_000)]
    public async Task Between_the_end_of_data_and_its_250_stands_a_sync(int connections, int messages, int size)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed");
        using var folder = new TemporaryFolder();
        var trace = Path.Combine(folder.Path, "trace");
        using (var server = await ServerProcess.StartAsync(folder.Path, ["/usr/bin/strace", "-D", "-f", "-yy", "-s", "100000", "-e", Traced, "-o", trace]))
        {
            await ServerUnderTest.ManageAsync(server.Management, "DOMAIN ADD NAME=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");
            await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => SendAsync(server, messages, size)));
            Assert.Equal(0, await server.TerminateAsync());
        }

        var calls = SystemCalls.Parse(await ReadWholeAsync(trace));
        var replies = calls.Where(call => call.Name is "sendmsg" or "sendto" && call.Text.Contains("250 2.0.0 queued as", StringComparison.Ordinal)).ToArray();
        Assert.Equal(connections * messages, replies.Length);
        foreach (var reply in replies)
        {
            var endOfData = calls.Last(call => call.Name is "recvmsg" or "recvfrom" or "read" && call.End < reply.Begin && call.Descriptor == reply.Descriptor && call.Text.Contains(@".\r\n", StringComparison.Ordinal));
            var synced = calls.Where(call => call.Name is "fsync" or "fdatasync" && call.Begin > endOfData.Begin && call.End < reply.Begin).Select(call => call.Descriptor).ToArray();
            Assert.Contains(synced, file => file.Contains("-wal>", StringComparison.Ordinal));
            if (size > 128 * 1024)
            {
                Assert.Contains(synced, file => file.Contains("/bodies/", StringComparison.Ordinal) && !IsFolder(file));
                Assert.Contains(synced, IsFolder);
            }
        }
    }

    // The tracer is a process beside the server (-D) and ends after it: its last line says that the server has exited.
    private static async Task<string[]> ReadWholeAsync(string trace)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var lines = await File.ReadAllLinesAsync(trace, patience.Token);
            if (lines.Length > 0 && lines[^1].EndsWith("+++ exited with 0 +++", StringComparison.Ordinal))
                return lines;
            await Task.Delay(50, patience.Token);
        }
    }

    // Body folders are named by two hexadecimal digits, files by more.
    private static bool IsFolder(string descriptor)
    {
        var path = descriptor[(descriptor.IndexOf('<', StringComparison.Ordinal) + 1)..].TrimEnd('>');
        return path.Contains("/bodies/", StringComparison.Ordinal) && Path.GetFileName(path).Length == 2;
    }

    private static async Task SendAsync(ServerProcess server, int messages, int size)
    {
        var message = Encoding.ASCII.GetBytes("Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", size / 100)));
        using var client = await Wire.GreetAsync(server.Smtp);
        for (var number = 0; number < messages; number++)
            Assert.StartsWith("250 2.0.0 queued as", await Wire.SendAsync(client, "mick@acme.test", message), StringComparison.Ordinal);
    }
}
