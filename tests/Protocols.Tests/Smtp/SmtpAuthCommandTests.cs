using System.Buffers;
using System.Text;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Protocols.Tests.Smtp;

/// <summary>AUTH and the lines of its exchange (RFC 4954).</summary>
public sealed class SmtpAuthCommandTests
{
    [Theory]
    [InlineData("AUTH PLAIN", "PLAIN", null)]
    [InlineData("auth  plain  AAE=", "plain", "AAE=")]
    [InlineData("AUTH PLAIN =", "PLAIN", "=")]
    public void Mechanism_and_initial_response_are_read(string line, string mechanism, string? initial)
    {
        var command = Read(line);
        Assert.Null(command.Fault);
        Assert.Equal((SmtpVerb.Auth, mechanism, initial), (command.Verb, command.Mechanism, command.InitialResponse));
    }

    [Theory]
    [InlineData("AUTH")]
    [InlineData("AUTH ")]
    [InlineData("AUTH PLAIN AAE= more")]
    [InlineData("AUTH PL\u00c4IN")]
    public void Other_arguments_are_refused(string line) => Assert.Equal(SmtpReplies.BadArguments, Read(line).Fault);

    [Theory]
    [InlineData("AUTH=<>", true)]
    [InlineData("auth=e+3Dmc2@example.com", true)] // RFC 4954 section 5
    [InlineData("AUTH", false)]
    [InlineData("AUTH=", false)]
    [InlineData("AUTH=+4", false)]
    [InlineData("AUTH=<> AUTH=<>", false)]
    public void Who_first_submitted_a_mail_may_be_said_once_in_xtext(string parameter, bool isTaken)
    {
        var command = Read($"MAIL FROM:<mick@acme.test> {parameter}");
        Assert.Equal(isTaken ? null : SmtpReplies.BadArguments, command.Fault);
        Assert.Equal(isTaken, command.HasAuth);
    }

    [Fact]
    public void A_command_never_shows_its_arguments() => Assert.Equal("Auth", Read("AUTH PLAIN AAE=").ToString());

    [Fact]
    public void A_response_is_a_line_of_at_most_12288_octets()
    {
        var reader = new SmtpCommandReader(allowBarePaths: false);
        var longest = new string('A', SmtpCommandReader.MaxResponseLength - 2);
        var wire = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes($"\r\n{longest}\r\nA{longest}\r\nnext\r\nlone\nrest"));

        var responses = new List<string?>();
        while (reader.TryReadResponse(ref wire, out var response))
            responses.Add(response);

        Assert.Equal(["", longest, null, "next", "lone\n"], responses);
        Assert.Equal(4, wire.Length);
    }

    [Fact]
    public void A_response_that_is_too_long_costs_no_memory_and_the_next_line_is_a_command()
    {
        var reader = new SmtpCommandReader(allowBarePaths: false);
        for (var i = 0; i < 10; i++)
        {
            var part = new ReadOnlySequence<byte>(new byte[SmtpCommandReader.MaxResponseLength + 1]);
            Assert.False(reader.TryReadResponse(ref part, out _));
            Assert.Equal(0, part.Length);
        }

        var end = new ReadOnlySequence<byte>("x\r\nNOOP\r\n"u8.ToArray());
        Assert.True(reader.TryReadResponse(ref end, out var response));
        Assert.Null(response);
        Assert.True(reader.TryRead(ref end, out var command));
        Assert.Equal(SmtpVerb.Noop, command.Verb);
    }

    private static SmtpCommand Read(string line)
    {
        var wire = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(line + "\r\n"));
        Assert.True(new SmtpCommandReader(allowBarePaths: false).TryRead(ref wire, out var command));
        return command;
    }
}
