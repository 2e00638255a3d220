using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

internal sealed partial class AddressGrain
{
    [LoggerMessage(301, LogLevel.Warning, "The deletion or move of {Address} stopped; it will be taken up again")]
    private partial void LogPutOff(Exception failure, string address);
}
