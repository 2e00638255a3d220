using System.Globalization;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>CONN SMTP SHOW and CONN POP3 SHOW: the sessions of every gateway. One that is dead or slow is left out after <see cref="Limit"/>, and named.</summary>
public sealed partial class ConnectionCommands(IGrainFactory grains, TimeProvider time, ILogger<ConnectionCommands> logger)
{
    /// <summary>How long a gateway may take for a page.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private const int PageSize = 1000;

    public Task<ManageStatus> ShowSmtpAsync(CommandContext context) => ShowAsync(context, SessionProtocol.Smtp, WriteSmtp);

    public Task<ManageStatus> ShowPop3Async(CommandContext context) => ShowAsync(context, SessionProtocol.Pop3, WritePop3);

    private async Task<ManageStatus> ShowAsync(CommandContext context, SessionProtocol protocol, Func<SessionInfo, string> write)
    {
        var processes = await grains.GetGrain<IClusterGrain>(IClusterGrain.TheKey).StatusAsync();
        var gateways = processes.Where(process => process.Gateway is not null).OrderBy(process => process.Process, StringComparer.Ordinal).ToArray();
        var first = await Task.WhenAll(gateways.Select(gateway => AskAsync(gateway, protocol, 0)));
        long count = 0;
        var silent = new List<string>();
        for (var i = 0; i < gateways.Length; i++)
        {
            var page = first[i];
            while (page is { Count: > 0 })
            {
                foreach (var session in page)
                    context.WriteLine($"{write(session)}\t{gateways[i].Process}");
                await context.FlushAsync();
                count += page.Count;
                page = page.Count < PageSize ? [] : await AskAsync(gateways[i], protocol, page[^1].Number);
            }

            if (page is null)
                silent.Add(gateways[i].Process);
        }

        return context.Request.Done(silent.Count == 0 ? ManageTexts.Listed(count) : ManageTexts.ListedWithout(count, string.Join(", ", silent)));
    }

    /// <summary>A page; null when the gateway does not answer.</summary>
    private async Task<IReadOnlyList<SessionInfo>?> AskAsync(ProcessReport gateway, SessionProtocol protocol, long after)
    {
        try
        {
            return await gateway.Gateway!.ListSessionsAsync(protocol, after, PageSize).WaitAsync(Limit, time);
        }
        catch (Exception exception)
        {
            LogSilent(exception, gateway.Process);
            return null;
        }
    }

    private string WriteSmtp(SessionInfo session)
    {
        const int Kilobyte = 1024;
        var size = (session.Size + Kilobyte - 1) / Kilobyte;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Field(session.Name)}\t{session.Address}\t{Field(session.Sender)}\t{Field(session.Recipient)}\t{Times(session)}\t{size}");
    }

    private string WritePop3(SessionInfo session) => $"{Field(session.Name)}\t{session.Address}\t{Times(session)}";

    private string Times(SessionInfo session)
    {
        var seconds = (long)(time.GetUtcNow() - session.Started).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{session.Started.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\t{Math.Max(0, seconds)}");
    }

    // What a client sent may not move the columns.
    private static string Field(string text) => text.Replace("\t", @"\t", StringComparison.Ordinal);

    [LoggerMessage(350, LogLevel.Warning, "the gateway {Process} does not say which sessions it has")]
    private partial void LogSilent(Exception exception, string process);
}
