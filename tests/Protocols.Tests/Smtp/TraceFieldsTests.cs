using System.Buffers;
using System.Net;
using System.Text;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Protocols.Tests.Smtp;

public sealed class TraceFieldsTests
{
    private static readonly TraceFields Plain = new()
    {
        Sender = "jane@else.test",
        ClientName = "client.test",
        ClientAddress = IPAddress.Parse("192.0.2.7"),
        Host = "mx.acme.test",
        With = "ESMTP",
        Id = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        OnlyRecipient = "mick@acme.test",
        Time = new DateTimeOffset(2026, 3, 1, 13, 5, 9, TimeSpan.FromHours(1)),
    };

    [Fact]
    public void Return_path_and_Received_stand_at_the_head()
    {
        Assert.Equal(
            "Return-Path: <jane@else.test>\r\n"
            + "Received: from client.test ([192.0.2.7]) by mx.acme.test with ESMTP id 01ARZ3NDEKTSV4RRFFQ69G5FAV for <mick@acme.test>;\r\n"
            + "\tSun, 01 Mar 2026 12:05:09 +0000\r\n",
            Write(Plain));
    }

    [Fact]
    public void A_null_sender_and_several_recipients_leave_their_places_empty()
    {
        var text = Write(Plain with { Sender = "", OnlyRecipient = null, ClientAddress = IPAddress.Parse("2001:db8::1") });

        Assert.StartsWith("Return-Path: <>\r\nReceived: from client.test ([IPv6:2001:db8::1]) by ", text, StringComparison.Ordinal);
        Assert.DoesNotContain(" for ", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\nBcc: x", "a??Bcc:?x")]
    [InlineData("a(b)c;d", "a?b?c?d")]
    [InlineData("büro", "b?ro")]
    [InlineData("[192.0.2.1]", "[192.0.2.1]")]
    [InlineData("my_pc", "my_pc")]
    public void The_clients_name_cannot_add_to_the_header(string name, string shown)
    {
        Assert.Contains($"Received: from {shown} ([", Write(Plain with { ClientName = name }), StringComparison.Ordinal);
    }

    [Fact]
    public void No_line_is_longer_than_998_octets()
    {
        var text = Write(Plain with
        {
            ClientName = new string('x', 500),
            Host = string.Join('.', Enumerable.Repeat(new string('h', 62), 4)),
            OnlyRecipient = $"{new string('ü', 100)}@{new string('d', 250)}",
        });

        Assert.All(text.Split("\r\n"), line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, TraceFields.MaxLineLength));
    }

    private static string Write(TraceFields fields)
    {
        var output = new ArrayBufferWriter<byte>();
        fields.Write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
