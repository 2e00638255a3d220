using System.Buffers;
using System.Text;

namespace Orleans.Mail.Grains.Tests.Lists;

public sealed class HeaderRewriterTests
{
    private const string Ours =
        "Delivered-To: staff@acme.test\r\n" +
        "Sender: staff-owner@acme.test\r\n" +
        "Precedence: list\r\n" +
        "List-Id: <staff.acme.test>\r\n" +
        "List-Post: <mailto:staff@acme.test>\r\n";

    private const string Head = "Return-Path: <staff-owner@acme.test>\r\n";

    /// <summary>A message, and what the list makes of it: <c>^</c> stands for its Return-Path, <c>*</c> for its other fields.</summary>
    public static TheoryData<string, string> Messages => new()
    {
        { "Return-Path: <a@b>\r\nReceived: x;\r\n\tMon\r\nSubject: x\r\n\r\nbody\r\n", "^Received: x;\r\n\tMon\r\n*Subject: x\r\n\r\nbody\r\n" },
        { "Return-Path: <a@b>\r\nReceived: 1\r\nReceived: 2\r\nFrom: a@b\r\nReceived: 3\r\n\r\n", "^Received: 1\r\nReceived: 2\r\n*From: a@b\r\nReceived: 3\r\n\r\n" },
        { "Sender: a@b\r\nPrecedence: bulk\r\nLIST-ID: other <o.b>\r\nlist-post: NO\r\nReturn-path: <c@d>\r\nFrom: x\r\n\r\n", "^*From: x\r\n\r\n" },
        { "Sender: a@b\r\n (folded)\r\n\tagain\r\nFrom: x\r\n y\r\n\r\n Sender: body\r\n", "^*From: x\r\n y\r\n\r\n Sender: body\r\n" },
        { "From: x\r\n\r\nSender: in the body\r\nList-Id: <staff.acme.test>\r\n", "^*From: x\r\n\r\nSender: in the body\r\nList-Id: <staff.acme.test>\r\n" },
        { "Senders: a\r\nSende: b\r\nX-Sender: c\r\nList-Ids: d\r\n\r\n", "^*Senders: a\r\nSende: b\r\nX-Sender: c\r\nList-Ids: d\r\n\r\n" },
        { "Sender : obsolete\r\nSender\t: too\r\nTo: x\r\n\r\n", "^*To: x\r\n\r\n" },
        { "\r\nno header\r\nSender: x\r\n", "^*\r\nno header\r\nSender: x\r\n" },
        { "Received: x\r\nno header at all\r\nSender: x\r\n", "^Received: x\r\n*no header at all\r\nSender: x\r\n" },
        { "Received: x\r\nno-header-at-all\r\n", "^Received: x\r\n*no-header-at-all\r\n" },
        { " folded first line\r\nSender: x\r\n", "^* folded first line\r\nSender: x\r\n" },
        { "", "^*" },
        { "Subject: cut", "^*Subject: cut" },
        { "Subj", "^*Subj" },
        { "Sender: cut", "^*" },
        { "Subject: x\r\n", "^*Subject: x\r\n" },
        { "\r", "^*\r" },
        { ": no name\r\n\r\n", "^*: no name\r\n\r\n" },
        { "Subject: \u00e9\u00ff8-bit\r\nSender: \u00e9\r\n\r\n\u00e9", "^*Subject: \u00e9\u00ff8-bit\r\n\r\n\u00e9" },
        { "S\u00fcbject: x\r\nSender: x\r\n", "^*S\u00fcbject: x\r\nSender: x\r\n" },
        { "Subject: x\nSender: y\nTo: z\n\nSender: body\n", "^*Subject: x\nTo: z\n\nSender: body\n" },
        { new string('n', 2000) + ": long\r\nSender: x\r\n\r\n", "^*" + new string('n', 2000) + ": long\r\n\r\n" },
        { "Sender: " + new string('s', 5000) + "\r\n " + new string('s', 5000) + "\r\nTo: x\r\n\r\n", "^*To: x\r\n\r\n" },
        { "Delivered-To: other@acme.test\r\nTo: x\r\n\r\n", "^*Delivered-To: other@acme.test\r\nTo: x\r\n\r\n" },
    };

    [Theory, MemberData(nameof(Messages))]
    public void A_header_becomes_the_lists_in_any_pieces(string posted, string sent)
    {
        var expected = sent.Replace("^", Head).Replace("*", Ours);

        Assert.Equal(expected, Rewrite(posted, int.MaxValue, out var loop));
        Assert.False(loop);
        Assert.Equal(expected, Rewrite(posted, 1, out _));
        for (var piece = 2; piece < 80; piece++)
            Assert.Equal(expected, Rewrite(posted, piece, out _));
    }

    [Theory]
    [InlineData("Delivered-To: staff@acme.test\r\n\r\n", true)]
    [InlineData("To: x\r\nDELIVERED-TO:   Staff@ACME.test \r\n\r\n", true)]
    [InlineData("To: x\r\nDelivered-To: staff@acme.test", true)]
    [InlineData("List-Id: <staff.acme.test>\r\n\r\n", true)]
    [InlineData("List-Id: \"All the staff\"\r\n\t<Staff.Acme.Test>\r\n\r\n", true)]
    [InlineData("List-Id: <others.acme.test>\r\nDelivered-To: others@acme.test\r\n\r\n", false)]
    [InlineData("To: x\r\n\r\nDelivered-To: staff@acme.test\r\n", false)]
    [InlineData("Delivered-To: no address\r\n\r\n", false)]
    public void What_the_list_has_sent_before_is_a_loop(string posted, bool expected)
    {
        Rewrite(posted, int.MaxValue, out var whole);
        Rewrite(posted, 1, out var byOctets);

        Assert.Equal(expected, whole);
        Assert.Equal(expected, byOctets);
    }

    [Fact]
    public void Whatever_is_sent_would_be_known_again()
    {
        Rewrite(Rewrite("Received: x\r\nSubject: x\r\n\r\nbody\r\n", int.MaxValue, out var first), int.MaxValue, out var second);

        Assert.False(first);
        Assert.True(second);
    }

    [Fact]
    public void A_name_beyond_ascii_is_written_as_a_link_can_hold_it()
    {
        Assert.True(MailAddress.TryParse("b\u00fcro+x@acme.test", out var list));

        Assert.Contains("List-Post: <mailto:b%C3%BCro%2Bx@acme.test>\r\n", Encoding.UTF8.GetString(new ListHeader(list).Fields));
    }

    private static string Rewrite(string posted, int piece, out bool isLoop)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(MailAddress.TryParse("Staff@acme.test", out var list));
        var rewriter = new HeaderRewriter(new ListHeader(list), output);
        foreach (var octets in Encoding.Latin1.GetBytes(posted).Chunk(Math.Min(piece, Math.Max(1, posted.Length))))
            rewriter.Write(octets);
        rewriter.Complete();
        isLoop = rewriter.IsLoop;
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
