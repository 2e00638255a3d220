using System.Net;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Manage;

internal sealed partial class ManagementSession
{
    [LoggerMessage(300, LogLevel.Information, "management {Address} {Command}: {Status}")]
    private partial void LogCommand(IPAddress address, string command, string status);

    [LoggerMessage(301, LogLevel.Error, "management {Address} {Command} failed")]
    private partial void LogTrouble(Exception exception, IPAddress address, string command);
}
