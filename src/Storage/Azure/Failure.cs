using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace Orleans.Mail.Storage.Azure;

/// <summary>A request that failed, understood.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Index">Which operation of a transaction did not hold; 0 otherwise.</param>
/// <param name="Status">The service's status code; 0 without a reply.</param>
/// <param name="Cause">The SDK's words.</param>
internal sealed record Failure(FailureKind Kind, int Index, int Status, Exception Cause)
{
    /// <summary>What goes into the metrics.</summary>
    public string Outcome => Kind switch
    {
        FailureKind.Condition => "conflict",
        FailureKind.NotDone => "refused",
        FailureKind.Doubt => "lost",
        _ => "error",
    };

    /// <summary>Null: not the service's trouble but a bug, which goes on as it is.</summary>
    public static Failure? Of(Exception exception) => exception switch
    {
        TableTransactionFailedException { FailedTransactionActionIndex: { } index } failed => new(KindOf(failed), index, failed.Status, failed),
        RequestFailedException failed => new(KindOf(failed), 0, failed.Status, failed),
        OperationCanceledException late => new(FailureKind.Doubt, 0, 0, late), // our time limit or the caller's
        IOException broken => new(FailureKind.Doubt, 0, 0, broken),
        _ => null,
    };

    public StorageException ToException() => new(
        Status == 0
            ? "the storage account does not answer"
            : string.Create(CultureInfo.InvariantCulture, $"the storage account answered {Status} {(Cause is RequestFailedException failed ? CodeOf(failed) : null)}"),
        Cause);

    private static FailureKind KindOf(RequestFailedException failed) => failed.Status switch
    {
        0 => NotConnected(failed) ? FailureKind.NotDone : FailureKind.Doubt,
        409 when CodeOf(failed) is null or "EntityAlreadyExists" => FailureKind.Condition,
        412 => FailureKind.Condition,
        404 when CodeOf(failed) != "TableNotFound" => FailureKind.Condition,
        429 => FailureKind.NotDone,
        503 when CodeOf(failed) == "ServerBusy" => FailureKind.NotDone,
        408 or 500 or 502 or 503 or 504 => FailureKind.Doubt,
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
