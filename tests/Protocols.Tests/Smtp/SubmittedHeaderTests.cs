using System.Buffers;
using System.Text;
using CsCheck;
using Orleans.Mail.Protocols.Smtp;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Protocols.Tests.Smtp;

public sealed class SubmittedHeaderTests
{
    private const string Date = "Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n";
    private const string From = "From: <mick@acme.test>\r\n";
    private const string Id = "Message-ID: <1@mx.acme.test>\r\n";

    private static readonly SubmissionFacts Facts = new("mick@acme.test", "acme.test", "1@mx.acme.test", new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("Subject: x\r\n\r\nbody\r\n", "Subject: x\r\n" + Date + From + Id + "\r\nbody\r\n")]
    [InlineData("date: now\r\nFROM : me@x.test\r\nmessage-id: <1>\r\n\r\n", "date: now\r\nFROM : me@x.test\r\nmessage-id: <1>\r\n\r\n")]
    [InlineData("", Date + From + Id)]
    [InlineData("\r\n", Date + From + Id + "\r\n")]
    [InlineData("Subject: x\r\n", "Subject: x\r\n" + Date + From + Id)]
    [InlineData("no header\r\n\r\nbody\r\n", Date + From + Id + "\r\nno header\r\n\r\nbody\r\n")]
    [InlineData("Subject: x\r\nno field\r\n\r\nFrom: y\r\n", "Subject: x\r\n" + Date + From + Id + "\r\nno field\r\n\r\nFrom: y\r\n")]
    [InlineData(" folded\r\n", Date + From + Id + "\r\n folded\r\n")]
    [InlineData("Subject: x\r\n folded\r\n\tagain\r\nDate: now\r\n\r\nDate: y\r\n", "Subject: x\r\n folded\r\n\tagain\r\nDate: now\r\n" + From + Id + "\r\nDate: y\r\n")]
    [InlineData("Subject: unfinished", "Subject: unfinished")]
    public void What_is_missing_is_added_at_the_headers_end(string message, string expected) => Assert.Equal(expected, Complete(message));

    [Theory]
    [InlineData("To: ann", "To: ann@acme.test")]
    [InlineData("To: ann, bob ,carl", "To: ann@acme.test, bob@acme.test ,carl@acme.test")]
    [InlineData("To:ann", "To:ann@acme.test")]
    [InlineData("To: Ann Other <ann>", "To: Ann Other <ann@acme.test>")]
    [InlineData("To: \"ann, <x>\" <ann>", "To: \"ann, <x>\" <ann@acme.test>")]
    [InlineData("To: ann (a, comment (nested\\)) <x>)", "To: ann@acme.test (a, comment (nested\\)) <x>)")]
    [InlineData("To: (first) ann", "To: (first) ann@acme.test")]
    [InlineData("To: group: ann, bob@x.test;", "To: group: ann@acme.test, bob@x.test;")]
    [InlineData("To: undisclosed-recipients:;", "To: undisclosed-recipients:;")]
    [InlineData("To: ann@x.test", "To: ann@x.test")]
    [InlineData("To: <ann@x.test>", "To: <ann@x.test>")]
    [InlineData("To: Ann Other", "To: Ann Other")]
    [InlineData("To: \"ann\"", "To: \"ann\"")]
    [InlineData("To: =?utf-8?q?ann?=", "To: =?utf-8?q?ann?=")]
    [InlineData("To: <>", "To: <>")]
    [InlineData("To: ann.", "To: ann.")]
    [InlineData("To: ann@[IPv6:2001:db8::1]", "To: ann@[IPv6:2001:db8::1]")]
    [InlineData("To: ann,\r\n bob,\r\n\t<carl>", "To: ann@acme.test,\r\n bob@acme.test,\r\n\t<carl@acme.test>")]
    [InlineData("To: \"unclosed", "To: \"unclosed")]
    [InlineData("To: <unclosed", "To: <unclosed")]
    [InlineData("To: (unclosed", "To: (unclosed")]
    [InlineData("To: \\", "To: \\")]
    [InlineData("Reply-To: ann", "Reply-To: ann@acme.test")]
    [InlineData("Subject: ann", "Subject: ann")]
    public void An_address_without_a_domain_gets_the_users(string field, string expected) =>
        Assert.Equal($"{expected}\r\n{Date}{From}{Id}\r\n", Complete($"{field}\r\n\r\n"));

    [Fact]
    public void A_signed_message_keeps_its_addresses_and_gets_no_Message_ID() =>
        Assert.Equal($"DKIM-Signature: x\r\nTo: ann\r\n{Date}{From}\r\n", Complete("DKIM-Signature: x\r\nTo: ann\r\n\r\n"));

    [Fact]
    public void A_field_whose_line_would_become_too_long_stays()
    {
        var field = "To: " + string.Join(',', Enumerable.Repeat("a", 300));
        Assert.StartsWith(field + "\r\n", Complete($"{field}\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_without_end_goes_as_it_came()
    {
        var message = string.Concat(Enumerable.Repeat("X: y\r\n", SubmittedHeader.MaxLength / 5)) + "\r\nbody\r\n";
        Assert.Equal(message, Complete(message));
    }

    [Fact]
    public void An_author_that_cannot_be_written_is_left_out() =>
        Assert.Equal(Date + Id + "\r\n", Complete("\r\n", Facts with { From = null }));

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Pieces_change_nothing_and_nothing_is_lost() => Gen.Select(
            Gen.OneOf(
                Gen.OneOf("To: ", "from:", "Date: x", "Message-ID: <1>", "DKIM-Signature: x", "\r\n", "\r\n", "\r\n", " ", "\t", ",", "<", ">", "(", ")", "\"", "\\", ":", ";", "ann", "bob@x.test", "\u00fc"),
                Gen.Char.Select(c => c.ToString())).Array[0, 40].Select(parts => Normal(string.Concat(parts))),
            Gen.Int[1, 20])
        .Sample(
            (message, length) =>
            {
                var whole = Complete(message);
                Assert.Equal(whole, Complete(message, Facts, length));

                // Without what was added the message is what it was.
                var rest = whole;
                foreach (var added in new[] { Date, From, Id, "@acme.test" })
                    rest = rest.Replace(added, "", StringComparison.Ordinal);
                Assert.Equal(message.Replace("\r\n", "", StringComparison.Ordinal), rest.Replace("\r\n", "", StringComparison.Ordinal));
            },
            iter: Fuzzing.Iterations);

    // As the readers hand messages over: every line ends with CRLF, and no CR or LF stands alone.
    private static string Normal(string text)
    {
        var wire = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return string.Join("\r\n", wire.Split("\r\n").Select(line => line.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal))) + "\r\n";
    }

    private static string Complete(string message, SubmissionFacts? facts = null, int length = int.MaxValue)
    {
        var output = new ArrayBufferWriter<byte>();
        var header = new SubmittedHeader(output, facts ?? Facts);
        var octets = Encoding.UTF8.GetBytes(message);
        for (var at = 0; at < octets.Length; at += Math.Min(length, octets.Length - at))
            header.Write(octets.AsSpan(at, Math.Min(length, octets.Length - at)));
        header.End();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
