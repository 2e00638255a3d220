using System.Buffers;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Orleans.Mail.Storage.Azure;

/// <summary>
/// Requests to one table that every message makes, by hand over the SDK's pipeline: the SDK's own calls cost several times
/// as much. All others go through the SDK's client.
/// </summary>
/// <param name="pipeline">The pipeline, which signs.</param>
/// <param name="service">The service's address.</param>
/// <param name="table">The table's name.</param>
internal sealed class TableRequests(HttpPipeline pipeline, Uri service, string table)
{
    private const string ServiceVersion = "2019-02-02";

    private readonly string transactions = $"{service.AbsoluteUri.TrimEnd('/')}/$batch";
    private readonly string address = $"{service.AbsoluteUri.TrimEnd('/')}/{table}";

    /// <summary>Inserts an entity, or replaces the one that is there.</summary>
    public Task<TableReply> UpsertAsync(string partition, string key, ReadOnlyMemory<byte> entity, CancellationToken cancellationToken) =>
        SendAsync(RequestMethod.Put, TableNames.Address(address, partition, key), null, entity, cancellationToken);

    /// <summary>Sends one operation of a batch.</summary>
    public async Task<TableReply> WriteAsync(RowBatch batch, int index, CancellationToken cancellationToken)
    {
        var operation = batch.Operations[index];
        ReadOnlyMemory<byte> entity = default;
        if (operation.Kind != RowOperationKind.Delete)
        {
            var json = new ArrayBufferWriter<byte>(256 + (2 * operation.Value.Length));
            EntityJson.WriteRow(json, batch.Partition, operation, batch.Id);
            entity = json.WrittenMemory;
        }

        var method = operation.Kind switch
        {
            RowOperationKind.Insert => RequestMethod.Post,
            RowOperationKind.Delete => RequestMethod.Delete,
            _ => RequestMethod.Put,
        };
        var reply = await SendAsync(
            method, TableNames.Address(address, batch.Partition, operation), TableNames.ConditionOf(operation), entity, cancellationToken);
        if (reply.ETags is not [var etag])
            return reply with { Index = 0 };
        var etags = new ETag[batch.Operations.Count];
        etags[index] = etag;
        return reply with { Index = 0, ETags = etags };
    }

    /// <summary>Sends operations of a batch, all or nothing.</summary>
    public async Task<TableReply> WriteAllAsync(RowBatch batch, IReadOnlyList<int> live, CancellationToken cancellationToken)
    {
        using var message = Create(RequestMethod.Post, transactions);
        message.Request.Headers.Add("Content-Type", TransactionContent.ContentType);
        message.Request.Content = RequestContent.Create(TransactionContent.Write(address, batch, live));
        await pipeline.SendAsync(message, cancellationToken);
        return message.Response.Status == 202
            ? TransactionReply.Read(message.Response.Content.ToMemory().Span, live, batch.Operations.Count)
            : ReadError(message.Response);
    }

    /// <summary>A binary property of an entity; null when there is no such entity.</summary>
    public async Task<byte[]?> ReadBinaryAsync(string partition, string key, string property, CancellationToken cancellationToken)
    {
        using var message = Create(RequestMethod.Get, $"{TableNames.Address(address, partition, key)}?$select={property}");
        await pipeline.SendAsync(message, cancellationToken);
        if (message.Response.Status == 200)
            return FindBinary(message.Response.Content.ToMemory().Span, property);
        RequireNoEntity(message.Response);
        return null;
    }

    /// <summary>Throws unless a reply says that there is no such entity: a missing table, or a stranger's 404, says nothing of it.</summary>
    public static void RequireNoEntity(Response response)
    {
        var refusal = ReadError(response);
        if (Failure.Of(refusal) is not { Status: 404, Kind: FailureKind.Condition })
            refusal.Done();
    }

    private async Task<TableReply> SendAsync(
        RequestMethod method, string uri, string? condition, ReadOnlyMemory<byte> entity, CancellationToken cancellationToken)
    {
        using var message = Create(method, uri);
        if (condition is not null)
            message.Request.Headers.Add("If-Match", condition);
        if (!entity.IsEmpty)
        {
            message.Request.Headers.Add("Content-Type", "application/json");
            message.Request.Headers.Add("Prefer", "return-no-content");
            message.Request.Content = RequestContent.Create(entity);
        }

        await pipeline.SendAsync(message, cancellationToken);
        var response = message.Response;
        if (response.Status is not (201 or 204))
            return ReadError(response); // a page that somebody on the way sent is no success
        return new TableReply(response.Status, null, 0, [response.Headers.ETag is { } etag ? new ETag(etag.ToString()) : default]);
    }

    private static byte[]? FindBinary(ReadOnlySpan<byte> entity, string property)
    {
        var json = new Utf8JsonReader(entity);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var found = json.ValueTextEquals(property);
            json.Read();
            if (found)
                return json.GetBytesFromBase64();
            json.Skip();
        }

        return null;
    }

    private static TableReply ReadError(Response response)
    {
        var reply = TransactionReply.ReadError(response.Status, response.Content.ToMemory().Span);
        return reply.Code is null && response.Headers.TryGetValue("x-ms-error-code", out var code) ? reply with { Code = code } : reply;
    }

    private HttpMessage Create(RequestMethod method, string uri)
    {
        var message = pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(uri));
        message.Request.Headers.Add("x-ms-version", ServiceVersion);
        message.Request.Headers.Add("DataServiceVersion", TableNames.Version);
        message.Request.Headers.Add("MaxDataServiceVersion", TableNames.Version);
        message.Request.Headers.Add("Accept", TableNames.Json);
        return message;
    }
}
