using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Tests.Configuration;
using Orleans.Mail.Gateway.Tests.Pop3;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.TestKit.Certificates;

namespace Orleans.Mail.Gateway.Tests.Tls;

/// <summary>Who may talk inside of a cluster: both ends of a connection by hand.</summary>
public sealed class ClusterTlsTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TestAuthority stranger = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mail-tls");

    public void Dispose()
    {
        authority.Dispose();
        stranger.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Two_of_the_authority_understand_each_other() =>
        Assert.Equal("hello", await TalkAsync(Of(authority, authority, "silo"), Of(authority, authority, "gateway")));

    // As Orleans ends what it writes to, also when it failed in the middle of a message.
    [Fact]
    public async Task What_was_not_flushed_goes_out_when_the_writer_is_completed() =>
        Assert.Equal("hello", await TalkAsync(Of(authority, authority, "silo"), Of(authority, authority, "gateway"), connection =>
        {
            connection.Transport.Output.Write("hello"u8);
            connection.Transport.Output.Complete();
            return Task.CompletedTask;
        }));

    [Fact]
    public async Task A_connection_that_fails_early_leaves_no_buffer()
    {
        IDuplexPipe? left = null;
        await Assert.ThrowsAnyAsync<Exception>(() => TalkAsync(Of(authority, authority, "silo"), Of(authority, authority, "gateway"), connection =>
        {
            left = connection.Transport;
            connection.Transport.Output.Write("hel"u8);
            throw new InvalidOperationException("wrong preamble");
        }));

        Assert.Throws<InvalidOperationException>(() => left!.Input.TryRead(out _));
        Assert.Throws<InvalidOperationException>(() => left!.Output.GetMemory());
    }

    [Fact]
    public async Task A_client_of_another_authority_is_refused()
    {
        var log = new HeardLog<ClusterTls>();
        await Assert.ThrowsAnyAsync<Exception>(() => TalkAsync(Of(authority, authority, "silo", log), Of(stranger, authority, "gateway")));
        Assert.Single(log.Lines, line => line.Text.StartsWith("no TLS with", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silo_of_another_authority_is_refused()
    {
        var log = new HeardLog<ClusterTls>();
        await Assert.ThrowsAnyAsync<Exception>(() => TalkAsync(Of(stranger, authority, "silo"), Of(authority, authority, "gateway", log)));
        Assert.Single(log.Lines, line => line.Text.StartsWith("no TLS with", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(".crt")]
    [InlineData(".key")]
    public async Task Files_that_cannot_be_used_are_told_of(string file)
    {
        var log = new HeardLog<ClusterTls>();
        foreach (var spoil in new Action<string>[] { File.Delete, path => Directory.CreateDirectory(path).Refresh(), path => File.WriteAllText(path, "-----BEGIN nothing") })
        {
            var silo = Of(authority, authority, "silo", log);
            var path = Path.Combine(folder.FullName, "silo" + file);
            File.Delete(path);
            spoil(path);

            await Assert.ThrowsAnyAsync<Exception>(() => TalkAsync(silo, Of(authority, authority, "gateway")));

            Assert.StartsWith("no TLS with", Assert.Single(log.Lines).Text, StringComparison.Ordinal);
            log.Lines.Clear();
            if (Directory.Exists(path))
                Directory.Delete(path);
        }
    }

    [Fact]
    public void Certificate_and_authority_belong_together()
    {
        var file = Path.Combine(folder.FullName, "all.pem");
        File.WriteAllText(file, authority.Sign("silo").Chain);

        Assert.Throws<ParameterException>(() => ClusterTlsOptions.From(OptionsSources.Of(("Cluster:TlsCertificate", file))));
        Assert.Throws<ParameterException>(() => ClusterTlsOptions.From(OptionsSources.Of(("Cluster:TlsCertificate", file), ("Cluster:TlsAuthority", file + ".missing"))));
        Assert.True(ClusterTlsOptions.From(OptionsSources.Of(("Cluster:TlsCertificate", file), ("Cluster:TlsAuthority", file))).IsOn);
    }

    // What the server hears of what the client says.
    private static async Task<string> TalkAsync(ClusterTls server, ClusterTls client, ConnectionDelegate? saying = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var (up, down) = (new Pipe(), new Pipe());
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var serving = EndAsync(server, heard, up.Reader, down.Writer, isServer: true, async connection =>
        {
            var read = await connection.Transport.Input.ReadAtLeastAsync(5, limit.Token);
            heard.SetResult(System.Text.Encoding.ASCII.GetString(read.Buffer.ToArray()));
        });
        var asking = EndAsync(client, heard, down.Reader, up.Writer, isServer: false, saying ?? (async connection =>
        {
            connection.Transport.Output.Write("hello"u8);
            await connection.Transport.Output.FlushAsync(limit.Token);
            await heard.Task.WaitAsync(limit.Token);
        }));
        await Task.WhenAll(serving, asking).WaitAsync(limit.Token);
        return await heard.Task;
    }

    // A connection closes when its end is done with it, as in Kestrel; what ends one ends the test.
    private static async Task EndAsync(ClusterTls tls, TaskCompletionSource<string> heard, PipeReader input, PipeWriter output, bool isServer, ConnectionDelegate next)
    {
        await using var connection = new DefaultConnectionContext("cluster", new Duplex(input, output), new Duplex(input, output));
        try
        {
            await tls.RunAsync(connection, next, isServer);
        }
        catch (Exception failure)
        {
            heard.TrySetException(failure);
            throw;
        }
        finally
        {
            await output.CompleteAsync();
        }
    }

    private ClusterTls Of(TestAuthority signer, TestAuthority trusted, string name, HeardLog<ClusterTls>? log = null)
    {
        var path = Path.Combine(folder.FullName, name);
        var signed = signer.Sign(name);
        File.WriteAllText(path + ".crt", signed.Chain);
        File.WriteAllText(path + ".key", signed.Key);
        File.WriteAllText(path + ".ca", trusted.Root.ExportCertificatePem());
        return new(new ClusterTlsOptions { Certificate = path + ".crt", Key = path + ".key", Authority = path + ".ca" }, log ?? new());
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
