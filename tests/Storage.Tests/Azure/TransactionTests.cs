using System.Text;
using Orleans.Mail.Storage.Azure;

namespace Orleans.Mail.Storage.Tests.Azure;

/// <summary>Transactions as the service documents them, whether the emulator is as strict or not.</summary>
public sealed class TransactionTests
{
    private const string Table = "https://account.table.core.windows.net/mailrows";

    [Fact]
    public void A_transaction_is_one_changeset_with_a_request_for_each_operation()
    {
        var batch = new RowBatch("m!1")
            .Insert("i!a@b", new byte[] { 1 })
            .Replace("box", new byte[] { 2 }, new ETag("W/\"datetime'2026-11-23T05%3A00%3A00.0000001Z'\""))
            .Delete("x");
        var text = Encoding.ASCII.GetString(TransactionContent.Write(Table, batch, [0, 1, 2]).Span);
        Assert.StartsWith("--batch_mail\r\nContent-Type: multipart/mixed; boundary=changeset_mail\r\n\r\n--changeset_mail\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n--changeset_mail--\r\n--batch_mail--\r\n", text, StringComparison.Ordinal);
        Assert.Contains($"\r\n\r\nPOST {Table} HTTP/1.1\r\nContent-Type: application/json\r\n", text, StringComparison.Ordinal);
        Assert.Contains(
            $"\r\n\r\nPUT {Table}(PartitionKey='m%211',RowKey='box') HTTP/1.1\r\nIf-Match: W/\"datetime'2026-11-23T05%3A00%3A00.0000001Z'\"\r\n", text, StringComparison.Ordinal);
        Assert.Contains($"\r\n\r\nDELETE {Table}(PartitionKey='m%211',RowKey='x') HTTP/1.1\r\nIf-Match: *\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\n{\"PartitionKey\":\"m!1\",\"RowKey\":\"i!a@b\",\"V@odata.type\":\"Edm.Binary\",\"V\":\"", text, StringComparison.Ordinal);
        Assert.Equal(4, text.Split("--changeset_mail").Length - 1);
    }

    [Fact]
    public void A_version_that_is_no_version_of_the_service_never_matches()
    {
        foreach (var etag in new[] { default, new ETag(""), new ETag("5f"), new ETag("W/\"datetime'x\r\nX-Evil: 1'\"") })
            Assert.StartsWith("W/\"datetime'1601-", RowEntity.ConditionOf(etag), StringComparison.Ordinal);
    }

    [Fact]
    public void The_versions_are_found_in_a_reply()
    {
        var reply = Read(Reply("204 No Content", "ETag: W/\"one\"") + Reply("204 No Content", "X-Content-Type-Options: nosniff") + Reply("204 No Content", "etag:W/\"two\""), 3);
        Assert.Equal([new ETag("W/\"one\""), default, new ETag("W/\"two\"")], reply.ETags!);
    }

    [Fact]
    public void The_operation_that_stopped_a_transaction_is_found_in_its_reply()
    {
        const string error = """{"odata.error":{"code":"EntityAlreadyExists","message":{"lang":"en-US","value":"2:The specified entity already exists.\nRequestId:1\nTime:2"}}}""";
        var reply = Read(Reply("409 Conflict", "Content-Type: application/json", error), 3);
        Assert.Equal((409, "EntityAlreadyExists", 2), (reply.Status, reply.Code, reply.Index));
        Assert.Equal(FailureKind.Condition, Failure.Of(reply)!.Kind);
    }

    [Theory]
    [InlineData(503, "ServerBusy", nameof(FailureKind.NotDone))]
    [InlineData(503, "OperationTimedOut", nameof(FailureKind.Doubt))]
    [InlineData(500, null, nameof(FailureKind.Doubt))]
    [InlineData(429, null, nameof(FailureKind.NotDone))]
    [InlineData(404, "ResourceNotFound", nameof(FailureKind.Condition))]
    [InlineData(404, null, nameof(FailureKind.Doubt))]
    [InlineData(409, null, nameof(FailureKind.Doubt))]
    [InlineData(302, null, nameof(FailureKind.Doubt))]
    [InlineData(409, "EntityAlreadyExists", nameof(FailureKind.Condition))]
    [InlineData(404, "TableNotFound", nameof(FailureKind.Refused))]
    [InlineData(409, "TableBeingDeleted", nameof(FailureKind.Refused))]
    [InlineData(412, null, nameof(FailureKind.Condition))]
    [InlineData(403, "AuthenticationFailed", nameof(FailureKind.Refused))]
    [InlineData(400, "InvalidInput", nameof(FailureKind.Refused))]
    public void A_refusal_is_understood(int status, string? code, string kind) =>
        Assert.Equal(kind, Failure.Of(new TableReply(status, code, 0, null))!.Kind.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("{\"odata.error\":7}")]
    [InlineData("{\"odata.error\":{\"message\":")]
    [InlineData("{\"odata.error\":{\"code\":5,\"message\":\"x\"}}")]
    [InlineData("[]")]
    public void An_error_without_sense_is_still_an_error(string content)
    {
        var reply = TransactionReply.ReadError(500, Encoding.ASCII.GetBytes(content));
        Assert.Equal((500, null, -1), (reply.Status, reply.Code, reply.Index)); // which operation it was is not said
    }

    [Fact]
    public void A_reply_that_was_cut_is_no_reply() =>
        Assert.Throws<IOException>(() => Read(Reply("204 No Content", "ETag: W/\"one\""), 2));

    private static TableReply Read(string parts, int count) =>
        TransactionReply.Read(Encoding.ASCII.GetBytes(parts), [.. Enumerable.Range(0, count)], count);

    private static string Reply(string status, string field, string content = "") =>
        $"--changesetresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 {status}\r\n{field}\r\n\r\n{content}\r\n";
}
