using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Orleans.Mail.Tools.Tests.Management;

/// <summary>A management server that says what the test wants it to say.</summary>
internal sealed class FakeManagement : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public FakeManagement() => listener.Start();

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Takes one client: sends the first text, then one for each line that comes, and closes.</summary>
    /// <returns>The lines that came.</returns>
    public async Task<List<string>> ServeAsync(params string[] texts)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var lines = new List<string>();
        for (var i = 0; i < texts.Length; i++)
        {
            if (i > 0)
                lines.Add(await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "(end)");
            await stream.WriteAsync(Encoding.UTF8.GetBytes(texts[i]), TestContext.Current.CancellationToken);
        }

        return lines;
    }

    /// <summary>Takes one client over TLS, sends a text and closes.</summary>
    public async Task ServeTlsAsync(X509Certificate2 certificate, string text)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(certificate);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
    }

    public void Dispose() => listener.Dispose();
}
