using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Tests.Pop3;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.TestKit.Certificates;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Tls;

/// <summary>Certificates from files: which one a client is shown, and what happens when the files change.</summary>
public sealed class ServerCertificatesTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mail-tls");
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly HeardLog<ServerCertificates> log = new();

    public void Dispose()
    {
        authority.Dispose();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("mx.acme.test", "mx.acme.test")]
    [InlineData("MX.Acme.Test", "mx.acme.test")]
    [InlineData("pop.else.test", "*.else.test")]
    [InlineData("special.else.test", "special.else.test")]
    [InlineData("a.pop.else.test", "mx.acme.test")]
    [InlineData("else.test", "mx.acme.test")]
    [InlineData("xn--bcher-kva.test", "bücher.test")]
    [InlineData("unknown.test", "mx.acme.test")]
    [InlineData("", "mx.acme.test")]
    public async Task A_client_is_shown_the_certificate_of_the_name_that_it_asks_for(string asked, string shown)
    {
        var names = new[] { "mx.acme.test", "*.else.test", "special.else.test", "bücher.test" };
        var signed = names.ToDictionary(name => name, name => authority.Sign(name));
        var certificates = Load([.. signed.Values.Select((each, i) => Write($"{i}.pem", each.Chain + each.Key))]);

        await using var tls = await ConnectAsync(certificates, asked);

        Assert.Equal(signed[shown].Raw, tls.Shown);
    }

    [Fact]
    public async Task The_chain_is_shown_too()
    {
        var signed = authority.Sign("mx.acme.test");
        await using var tls = await ConnectAsync(Load([Write("tls.crt", signed.Chain)], [Write("tls.key", signed.Key)]));

        Assert.Contains("CN=Test Intermediate", tls.Chain.Select(each => each.Subject));
        Assert.Equal(signed.Raw, tls.Shown);
    }

    [Fact]
    public async Task A_PKCS12_file_and_an_encrypted_key_will_do()
    {
        var signed = authority.Sign("mx.acme.test");
        var path = Path.Combine(folder.FullName, "all.p12");
        File.WriteAllBytes(path, signed.Pkcs12);
        await using var one = await ConnectAsync(Load([path]));
        await using var other = await ConnectAsync(Load([Write("tls.crt", signed.Chain)], [Write("tls.key", signed.EncryptedKey("pass"))], "pass"));

        Assert.Equal(signed.Raw, one.Shown);
        Assert.Equal(signed.Raw, other.Shown);
        Assert.Contains("CN=Test Intermediate", one.Chain.Select(each => each.Subject));
    }

    [Fact]
    public void The_binding_of_a_session_is_the_hash_of_the_certificate()
    {
        var signed = authority.Sign("mx.acme.test");

        Assert.Equal(SHA256.HashData(signed.Raw), Load([Write("all.pem", signed.Chain + signed.Key)]).Find("").EndPointBinding.ToArray());
    }

    [Fact]
    public async Task A_file_that_was_replaced_is_shown_and_open_sessions_go_on()
    {
        var (first, second) = (authority.Sign("mx.acme.test"), authority.Sign("mx.acme.test"));
        var certificates = Load([Write("all.pem", first.Chain + first.Key)]);
        using var upkeep = new CertificateUpkeep(certificates, time);
        await upkeep.StartAsync(TestContext.Current.CancellationToken);
        await using var open = await ConnectAsync(certificates);

        Write("all.pem", second.Chain + second.Key);
        await PassAsync(() => certificates.Find("").Context.TargetCertificate.RawData.AsSpan().SequenceEqual(second.Raw));

        await using var tls = await ConnectAsync(certificates);
        Assert.Equal(second.Raw, tls.Shown);
        await open.SendAsync("still here\r\n");
        Assert.Equal("still here", await open.ReadLineAsync());
        Assert.Contains(log.Lines, line => line.Level == LogLevel.Warning && line.Text.StartsWith("the certificate of mx.acme.test was replaced", StringComparison.Ordinal));
    }

    // As Kubernetes does it: the files are links through a folder ..data, which is exchanged.
    [Fact]
    public void A_link_that_points_elsewhere_is_a_change()
    {
        var (first, second) = (authority.Sign("mx.acme.test"), authority.Sign("mx.acme.test"));
        foreach (var (version, signed) in new[] { ("..v1", first), ("..v2", second) })
        {
            folder.CreateSubdirectory(version);
            Write($"{version}/tls.crt", signed.Chain);
            Write($"{version}/tls.key", signed.Key);
        }

        var data = Path.Combine(folder.FullName, "..data");
        File.CreateSymbolicLink(data, "..v1");
        string[] files = [Path.Combine(folder.FullName, "tls.crt"), Path.Combine(folder.FullName, "tls.key")];
        foreach (var file in files)
            File.CreateSymbolicLink(file, Path.Combine("..data", Path.GetFileName(file)));
        var certificates = Load([files[0]], [files[1]]);

        File.Delete(data);
        File.CreateSymbolicLink(data, "..v2");
        certificates.Refresh();

        Assert.Equal(SHA256.HashData(second.Raw), certificates.Find("").EndPointBinding.ToArray());
    }

    [Fact]
    public void A_file_that_cannot_be_used_changes_nothing_and_is_complained_of_once_when_it_stays()
    {
        var (first, second) = (authority.Sign("mx.acme.test"), authority.Sign("mx.acme.test"));
        var certificates = Load([Write("tls.crt", first.Chain)], [Write("tls.key", first.Key)]);

        Write("tls.crt", second.Chain);
        certificates.Refresh();
        Assert.DoesNotContain(log.Lines, line => line.Level == LogLevel.Error);
        Assert.Empty(certificates.Warnings());
        certificates.Refresh();
        certificates.Refresh();

        Assert.Equal(SHA256.HashData(first.Raw), certificates.Find("").EndPointBinding.ToArray());
        Assert.Single(log.Lines, line => line.Level == LogLevel.Error);
        Assert.Contains("cannot be used", Assert.Single(certificates.Warnings()), StringComparison.Ordinal);

        Write("tls.key", second.Key);
        certificates.Refresh();
        Assert.Equal(SHA256.HashData(second.Raw), certificates.Find("").EndPointBinding.ToArray());
        Assert.Empty(certificates.Warnings());
    }

    [Fact]
    public void A_file_that_is_gone_changes_nothing()
    {
        var signed = authority.Sign("mx.acme.test");
        var path = Write("all.pem", signed.Chain + signed.Key);
        var certificates = Load([path]);

        File.Delete(path);
        certificates.Refresh();
        certificates.Refresh();

        Assert.True(certificates.IsAvailable);
        Assert.Single(log.Lines, line => line.Level == LogLevel.Error);
    }

    [Theory]
    [InlineData(15, null)]
    [InlineData(13, "ends at")]
    [InlineData(-1, "ended at")]
    public void A_certificate_that_ends_soon_is_warned_of(int days, string? expected)
    {
        var signed = authority.Sign(time.GetUtcNow().AddDays(days), "mx.acme.test");
        var warnings = Load([Write("all.pem", signed.Chain + signed.Key)]).Warnings();

        if (expected is null)
            Assert.Empty(warnings);
        else
            Assert.StartsWith($"the certificate of mx.acme.test {expected}", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_day_the_log_warns_of_a_certificate_that_ends_soon()
    {
        var signed = authority.Sign(time.GetUtcNow().AddDays(15), "mx.acme.test");
        var certificates = Load([Write("all.pem", signed.Chain + signed.Key)]);
        using var upkeep = new CertificateUpkeep(certificates, time);
        await upkeep.StartAsync(TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromDays(2));
        await PassAsync(() => log.Lines.Any(line => line.Text.StartsWith("the certificate of mx.acme.test ends", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("missing.pem", "")]
    [InlineData("all.pem", "this is no certificate")]
    [InlineData("all.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void A_certificate_that_cannot_be_used_stops_the_start(string name, string content)
    {
        if (content.Length > 0)
            Write("all.pem", content);

        var thrown = Assert.Throws<ParameterException>(() => Load([Path.Combine(folder.FullName, name)]));

        Assert.StartsWith("Tls:Certificate = '", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_without_its_key_stops_the_start() =>
        Assert.Throws<ParameterException>(() => Load([Write("tls.crt", authority.Sign("mx.acme.test").Chain)]));

    private static async Task<TlsClient> ConnectAsync(ServerCertificates certificates, string name = "mx.acme.test")
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var wire = new WireConnection();
        wire.Start(new EchoHandler(certificates));
        return await TlsClient.StartAsync(wire, limit.Token, name);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    private ServerCertificates Load(string[] files, string[]? keys = null, string? password = null) =>
        new(new TlsOptions { Certificates = files, Keys = keys ?? [], Password = password }, time, log);

    // The clock is the test's, but the loop behind it runs by itself.
    private async Task PassAsync(Func<bool> isDone)
    {
        for (var i = 0; i < 500 && !isDone(); i++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(isDone());
    }
}
