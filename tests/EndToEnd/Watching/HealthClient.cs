using System.Net;

namespace Orleans.Mail.EndToEnd.Watching;

/// <summary>Asks a process by HTTP how it is.</summary>
internal sealed class HealthClient(IPEndPoint endpoint) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri($"http://{endpoint}"), Timeout = TimeSpan.FromSeconds(30) };

    public async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose() => http.Dispose();
}
