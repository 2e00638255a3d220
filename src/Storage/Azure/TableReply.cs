using Azure;

namespace Orleans.Mail.Storage.Azure;

/// <summary>What the table service answered to a request that writes.</summary>
/// <param name="Status">The status of the request, or of the operation that stopped its transaction.</param>
/// <param name="Code">The service's name for an error.</param>
/// <param name="Index">Which operation of a transaction stopped it, negative when that is not said; 0 otherwise.</param>
/// <param name="ETags">The new versions, none for deletions; null when nothing was written.</param>
internal readonly record struct TableReply(int Status, string? Code, int Index, ETag[]? ETags)
{
    /// <summary>Throws when nothing was written.</summary>
    public ETag[] Done() => ETags ?? throw new RequestFailedException(Status, $"the table service refused: {Status} {Code}", Code, null);
}
