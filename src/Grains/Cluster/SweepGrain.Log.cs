using Microsoft.Extensions.Logging;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

internal sealed partial class SweepGrain
{
    [LoggerMessage(601, LogLevel.Warning, "Sweep: body {High:x16}{Low:x16} of {Size} octets has no holder and is deleted")]
    private partial void LogDeleted(ulong high, ulong low, long size);

    [LoggerMessage(602, LogLevel.Warning, "Sweep: {Holder} holds a body, and is of a kind that is not known here; the body stays")]
    private partial void LogUnknownHolder(RowKey holder);
}
