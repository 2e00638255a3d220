using System.Globalization;
using Azure;
using Azure.Identity;

namespace Orleans.Mail.Storage.Azure;

/// <summary>A request that failed, understood.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Index">Which operation of a transaction did not hold; 0 otherwise.</param>
/// <param name="Status">The service's status code; 0 without a reply.</param>
/// <param name="Code">The service's name for it.</param>
/// <param name="Cause">What was thrown; null when the service's own words are all there is.</param>
internal sealed record Failure(FailureKind Kind, int Index, int Status, string? Code, Exception? Cause)
{
    /// <summary>What goes into the metrics.</summary>
    public string Outcome => Kind switch
    {
        FailureKind.Condition => "conflict",
        FailureKind.NotDone => "refused",
        FailureKind.Doubt => "lost",
        _ => "error",
    };

    /// <summary>Null: all is well.</summary>
    public static Failure? Of(TableReply reply) =>
        reply.ETags is null ? new(KindOf(reply.Status, reply.Code), reply.Index, reply.Status, reply.Code, null) : null;

    /// <summary>Null: not the service's trouble but a bug, which goes on as it is.</summary>
    public static Failure? Of(Exception? exception) => exception switch
    {
        RequestFailedException { Status: 0 } failed => new(NotConnected(failed) ? FailureKind.NotDone : FailureKind.Doubt, 0, 0, null, failed),
        RequestFailedException failed => new(KindOf(failed.Status, CodeOf(failed)), 0, failed.Status, CodeOf(failed), failed),
        AuthenticationFailedException => new(FailureKind.NotDone, 0, 0, null, exception), // no token, so no request
        AggregateException { InnerException: { } inner } => Of(inner), // a stream that was opened again in vain
        OperationCanceledException or IOException => new(FailureKind.Doubt, 0, 0, null, exception), // a time limit, ours or the caller's
        _ => null,
    };

    public StorageException ToException()
    {
        var message = Status == 0
            ? "the storage account does not answer"
            : string.Create(CultureInfo.InvariantCulture, $"the storage account answered {Status} {Code}");
        return Cause is null ? new StorageException(message) : new StorageException(message, Cause);
    }

    private static FailureKind KindOf(int status, string? code) => status switch
    {
        409 when code == "EntityAlreadyExists" => FailureKind.Condition,
        412 => FailureKind.Condition,
        404 when code is "ResourceNotFound" or "EntityNotFound" or "BlobNotFound" => FailureKind.Condition,
        429 => FailureKind.NotDone,
        503 when code == "ServerBusy" => FailureKind.NotDone,
        404 or 409 when code is null => FailureKind.Doubt, // whoever said that is not the service
        408 or < 400 or >= 500 => FailureKind.Doubt,
        _ => FailureKind.Refused,
    };

    // Tables say it in the reply's content, blobs in its header.
    private static string? CodeOf(RequestFailedException failed) =>
        failed.ErrorCode ?? (failed.GetRawResponse() is { } reply && reply.Headers.TryGetValue("x-ms-error-code", out var code) ? code : null);

    private static bool NotConnected(RequestFailedException failed) =>
        failed.InnerException is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        };
}
