using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>
/// TLS between silos, and between gateways and silos. Both ends show a certificate of the cluster's own authority; what name
/// is in it does not matter. The files are read for each connection: connections are few, and a renewed certificate needs
/// nothing else.
/// </summary>
public sealed partial class ClusterTls(ClusterTlsOptions options, ILogger<ClusterTls> logger)
{
    /// <summary>Encrypts what silos and gateways say to this silo, and what it says to other silos.</summary>
    public static void Protect(ISiloBuilder silo, ClusterTlsOptions options)
    {
        if (!options.IsOn)
            return;
        silo.Services.AddSingleton(options).AddSingleton<ClusterTls>();
        silo.Services.AddOptions<SiloConnectionOptions>().Configure<ClusterTls>(static (connections, tls) =>
        {
            connections.ConfigureSiloInboundConnection(inbound => inbound.Use(next => connection => tls.RunAsync(connection, next, isServer: true)));
            connections.ConfigureGatewayInboundConnection(inbound => inbound.Use(next => connection => tls.RunAsync(connection, next, isServer: true)));
            connections.ConfigureSiloOutboundConnection(outbound => outbound.Use(next => connection => tls.RunAsync(connection, next, isServer: false)));
        });
    }

    /// <summary>Encrypts what this gateway says to silos.</summary>
    public static void Protect(IClientBuilder client, ClusterTlsOptions options)
    {
        if (!options.IsOn)
            return;
        client.Services.AddSingleton(options).AddSingleton<ClusterTls>();
        client.Services.AddOptions<ClientConnectionOptions>().Configure<ClusterTls>(static (connections, tls) =>
            connections.ConfigureConnection(outbound => outbound.Use(next => connection => tls.RunAsync(connection, next, isServer: false))));
    }

    internal async Task RunAsync(ConnectionContext connection, ConnectionDelegate next, bool isServer)
    {
        var plaintext = connection.Transport;
        await using var stream = new SslStream(new TransportStream(plaintext), leaveInnerStreamOpen: true);
        try
        {
            await AuthenticateAsync(stream, isServer);
        }
        catch (Exception exception) when (exception is AuthenticationException or OperationCanceledException || ServerCertificates.IsUnusable(exception))
        {
            LogRefused(connection.RemoteEndPoint?.ToString() ?? "", exception.GetBaseException().Message);
            throw;
        }

        var encrypted = new Encrypted(PipeReader.Create(stream, TlsTransport.Reading), PipeWriter.Create(stream, TlsTransport.Writing));
        connection.Transport = encrypted;
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = plaintext;
            // Orleans completes both when it has read and written the last, but not when it fails before it has begun. Their buffers are pooled.
            await encrypted.Input.CompleteAsync();
            await encrypted.Output.CompleteAsync(new ConnectionAbortedException());
        }
    }

    private async Task AuthenticateAsync(SslStream stream, bool isServer)
    {
        var certificate = ServerCertificate.Load(
            await File.ReadAllBytesAsync(options.Certificate!), options.Key is null ? null : await File.ReadAllBytesAsync(options.Key), password: null).Context;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.ImportFromPemFile(options.Authority!);
        using var limit = new CancellationTokenSource(options.HandshakeTimeout);
        if (isServer)
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate,
                    ClientCertificateRequired = true,
                    CertificateChainPolicy = policy,
                    RemoteCertificateValidationCallback = IsOfTheCluster,
                    EnabledSslProtocols = SslProtocols.Tls13,
                },
                limit.Token);
        }
        else
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    ClientCertificateContext = certificate,
                    CertificateChainPolicy = policy,
                    RemoteCertificateValidationCallback = IsOfTheCluster,
                    EnabledSslProtocols = SslProtocols.Tls13,
                },
                limit.Token);
        }
    }

    // Signed by the authority is all that counts: processes come and go under names that nobody knows before.
    private static bool IsOfTheCluster(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null && (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;

    [LoggerMessage(365, LogLevel.Warning, "no TLS with {Peer} in the cluster: {Reason}")]
    private partial void LogRefused(string peer, string reason);

    private sealed record Encrypted(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
