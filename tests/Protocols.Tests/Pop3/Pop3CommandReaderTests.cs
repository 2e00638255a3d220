using System.Buffers;
using System.Text;
using Orleans.Mail.Protocols.Pop3;

namespace Orleans.Mail.Protocols.Tests.Pop3;

public sealed class Pop3CommandReaderTests
{
    [Theory]
    [InlineData("STAT", Pop3Verb.Stat)]
    [InlineData("stat", Pop3Verb.Stat)]
    [InlineData("sTaT", Pop3Verb.Stat)]
    [InlineData("RSET", Pop3Verb.Rset)]
    [InlineData("NOOP", Pop3Verb.Noop)]
    [InlineData("QUIT", Pop3Verb.Quit)]
    [InlineData("CAPA", Pop3Verb.Capa)]
    [InlineData("UTF8", Pop3Verb.Utf8)]
    [InlineData("STLS", Pop3Verb.Stls)]
    [InlineData("LIST", Pop3Verb.List)]
    [InlineData("UIDL", Pop3Verb.Uidl)]
    [InlineData("AUTH", Pop3Verb.Auth)]
    [InlineData("STAT ", Pop3Verb.Stat)]
    public void A_keyword_alone_is_a_command_in_any_case(string line, Pop3Verb verb) => Assert.Equal(new Pop3Command(verb), Read(line));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" STAT")]
    [InlineData("STATS")]
    [InlineData("STA")]
    [InlineData("STAT\t")]
    [InlineData("APOP mick digest")]
    [InlineData("%s%n")]
    [InlineData("\0")]
    public void A_keyword_that_nobody_knows_is_a_value(string line) => Assert.Equal(new Pop3Command(Pop3Verb.Unknown), Read(line));

    [Theory]
    [InlineData("RETR 1", Pop3Verb.Retr, 1)]
    [InlineData("DELE 007", Pop3Verb.Dele, 7)]
    [InlineData("LIST 2147483647", Pop3Verb.List, int.MaxValue)]
    [InlineData("UIDL 99999999999999999999999999", Pop3Verb.Uidl, int.MaxValue)]
    [InlineData("RETR  3 ", Pop3Verb.Retr, 3)]
    [InlineData("RETR 0", Pop3Verb.Retr, 0)]
    public void A_message_number_is_decimal_digits_of_any_length(string line, Pop3Verb verb, int message) =>
        Assert.Equal(new Pop3Command(verb) { Message = message }, Read(line));

    [Fact]
    public void TOP_takes_a_message_and_lines() =>
        Assert.Equal(new Pop3Command(Pop3Verb.Top) { Message = 3, Lines = 10 }, Read("TOP 3 10"));

    [Theory]
    [InlineData("RETR", Pop3Verb.Retr)]
    [InlineData("RETR -1", Pop3Verb.Retr)]
    [InlineData("RETR +1", Pop3Verb.Retr)]
    [InlineData("RETR 1 2", Pop3Verb.Retr)]
    [InlineData("RETR 1x", Pop3Verb.Retr)]
    [InlineData("RETR \u0661", Pop3Verb.Retr)]
    [InlineData("DELE 1\0", Pop3Verb.Dele)]
    [InlineData("TOP 1", Pop3Verb.Top)]
    [InlineData("TOP 1 -1", Pop3Verb.Top)]
    [InlineData("TOP 1 2 3", Pop3Verb.Top)]
    [InlineData("STAT 1", Pop3Verb.Stat)]
    [InlineData("USER", Pop3Verb.User)]
    [InlineData("USER a\u0007b", Pop3Verb.User)]
    [InlineData("PASS", Pop3Verb.Pass)]
    [InlineData("PASS a\0b", Pop3Verb.Pass)]
    [InlineData("AUTH PLAIN a b", Pop3Verb.Auth)]
    [InlineData("AUTH pl\u00e4in", Pop3Verb.Auth)]
    public void Arguments_that_the_command_does_not_take_are_a_fault(string line, Pop3Verb verb) =>
        Assert.Equal(new Pop3Command(verb) { Fault = Pop3Fault.Syntax }, Read(line));

    [Theory]
    [InlineData("USER mick@acme.test", "mick@acme.test")]
    [InlineData("USER  m\u00fcller ", "m\u00fcller")]
    [InlineData("USER two words", "two words")]
    [InlineData("PASS secret", "secret")]
    [InlineData("PASS  two  words ", " two  words ")]
    [InlineData("PASS ", "")]
    [InlineData("PASS a\tb\u0007", "a\tb\u0007")]
    [InlineData("PASS p\u00e4ss", "p\u00e4ss")]
    [InlineData("AUTH plain", "PLAIN")]
    public void A_text_is_taken_whole(string line, string text) => Assert.Equal(text, Read(line).Text);

    [Fact]
    public void AUTH_may_bring_its_initial_response() =>
        Assert.Equal(new Pop3Command(Pop3Verb.Auth) { Text = "PLAIN", InitialResponse = "AG1pY2sAc2VjcmV0" }, Read("AUTH PLAIN AG1pY2sAc2VjcmV0"));

    [Theory]
    [InlineData(new byte[] { 0xff, 0xfe })]
    [InlineData(new byte[] { 0xc3, 0x28 })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    public void A_text_that_is_no_UTF8_is_a_fault(byte[] text)
    {
        var input = new ReadOnlySequence<byte>([.. "PASS "u8, .. text, .. "\r\n"u8]);
        Assert.True(new Pop3CommandReader().TryRead(ref input, out var command));
        Assert.Equal(Pop3Fault.Syntax, command.Fault);
    }

    [Fact]
    public void A_command_never_shows_its_arguments() => Assert.Equal("Pass", Read("PASS secret").ToString());

    [Fact]
    public void Lines_end_with_CRLF_or_a_lone_LF()
    {
        var input = Octets("STAT\r\nNOOP\nRSET\r\nQU");
        var reader = new Pop3CommandReader();
        var verbs = new List<Pop3Verb>();
        while (reader.TryRead(ref input, out var command))
            verbs.Add(command.Verb);
        Assert.Equal([Pop3Verb.Stat, Pop3Verb.Noop, Pop3Verb.Rset], verbs);
        Assert.Equal(2, input.Length);
    }

    [Theory]
    [InlineData(Pop3CommandReader.MaxCommandLine - 2, Pop3Fault.None)]
    [InlineData(Pop3CommandReader.MaxCommandLine - 1, Pop3Fault.LineTooLong)]
    [InlineData(Pop3CommandReader.MaxCommandLine, Pop3Fault.LineTooLong)]
    [InlineData(1_000_000, Pop3Fault.LineTooLong)]
    public void A_line_has_512_octets_with_its_end(int length, Pop3Fault fault) =>
        Assert.Equal(fault, Read("PASS " + new string('x', length - 5)).Fault);

    [Fact]
    public void A_line_without_end_is_thrown_away_as_it_comes()
    {
        var reader = new Pop3CommandReader();
        for (var i = 0; i < 100; i++)
        {
            var part = Octets(new string('x', 600));
            Assert.False(reader.TryRead(ref part, out _));
            Assert.True(part.IsEmpty);
        }

        var rest = Octets("\r\nSTAT\r\n");
        Assert.True(reader.TryRead(ref rest, out var tooLong));
        Assert.Equal(Pop3Fault.LineTooLong, tooLong.Fault);
        Assert.True(reader.TryRead(ref rest, out var next));
        Assert.Equal(new Pop3Command(Pop3Verb.Stat), next);
    }

    [Fact]
    public void A_response_is_ASCII_of_at_most_12288_octets()
    {
        Assert.Equal("abc=", ReadResponse("abc=\r\n"));
        Assert.Equal("*", ReadResponse("*\n"));
        Assert.Equal("", ReadResponse("\r\n"));
        Assert.Equal(12_286, ReadResponse(new string('A', 12_286) + "\r\n")!.Length);
        Assert.Null(ReadResponse(new string('A', 12_287) + "\r\n"));
        Assert.Null(ReadResponse("\u00fc\r\n"));
    }

    private static Pop3Command Read(string line)
    {
        var input = Octets(line + "\r\n");
        Assert.True(new Pop3CommandReader().TryRead(ref input, out var command));
        Assert.True(input.IsEmpty);
        return command;
    }

    private static string? ReadResponse(string line)
    {
        var input = Octets(line);
        Assert.True(new Pop3CommandReader().TryReadResponse(ref input, out var response));
        return response;
    }

    private static ReadOnlySequence<byte> Octets(string text) => new(Encoding.UTF8.GetBytes(text));
}
