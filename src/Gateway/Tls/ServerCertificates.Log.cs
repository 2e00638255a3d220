using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Tls;

public sealed partial class ServerCertificates
{
    [LoggerMessage(360, LogLevel.Debug, "the certificate of {Name} is good until {End:u}")]
    private partial void LogLoaded(string name, DateTimeOffset end);

    [LoggerMessage(361, LogLevel.Warning, "the certificate of {Name} was replaced; the new one is good until {End:u}")]
    private partial void LogReplaced(string name, DateTimeOffset end);

    [LoggerMessage(362, LogLevel.Error, "the files of Tls:Certificate changed and cannot be used; clients are shown the certificates of before")]
    private partial void LogRefused(Exception exception);

    [LoggerMessage(363, LogLevel.Warning, "{Warning}")]
    private partial void LogWarning(string warning);
}
