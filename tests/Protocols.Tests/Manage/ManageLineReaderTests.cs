using System.Text;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Protocols.Tests.Manage;

public sealed class ManageLineReaderTests
{
    [Theory]
    [InlineData("A\r\nB\nC\r\0D\n", "A|B|C|D")]
    [InlineData("\n\r\n", "|")]
    [InlineData("A\rB\r\n", "A\rB")]
    [InlineData("A\r\r\n", "A\r")]
    [InlineData("\0A\0B\0\n", "AB")]
    [InlineData("AX\bB\u007f\u007fC\n", "C")]
    [InlineData("\b\b\u007fA\n", "A")]
    [InlineData("Aé\bB€\bC\U0001F600\b\n", "ABC")]
    [InlineData("A\r\bB\n", "AB")]
    [InlineData("unfinished", "")]
    public void Lines_are_read(string sent, string expected)
    {
        var lines = ManageLines.Read([Encoding.UTF8.GetBytes(sent)]);
        Assert.Equal(expected, string.Join('|', lines.Select(line => line.Text)));
        Assert.All(lines, line => Assert.Equal(ManageLineFault.None, line.Fault));
    }

    [Theory]
    [InlineData("\u00ff\u00fb\u0001A\u00ff\u00fc\nB\n", "AB")]
    [InlineData("A\u00ff\u00fd\u00ffB\u00ff\u00fe\0C\n", "ABC")]
    [InlineData("A\u00ff\u00fa\u0018\0x\n\u00ff\u00ff\u00ff\u00f0B\n", "AB")]
    [InlineData("A\u00ff\u00f1B\u00ff\u00f9C\n", "ABC")]
    [InlineData("A\r\u00ff\u00f1\nB\r\u00ff\u00f1\0", "A|B")]
    public void Telnet_commands_are_skipped(string sent, string expected)
    {
        var octets = Encoding.Latin1.GetBytes(sent);
        Assert.Equal(expected, string.Join('|', ManageLines.Read([octets]).Select(line => line.Text)));
        Assert.Equal(expected, string.Join('|', ManageLines.Read(octets.Chunk(1)).Select(line => line.Text)));
    }

    [Theory]
    [InlineData("A\u00ff\u00ffB\n")]
    [InlineData("\u00c3\u0028\n")]
    [InlineData("\u0080\n")]
    public void A_line_that_is_not_UTF8_is_a_fault(string sent) =>
        Assert.Equal([new ManageLine("", ManageLineFault.NotText), new ManageLine("next", ManageLineFault.None)], ManageLines.Read([Encoding.Latin1.GetBytes(sent + "next\n")]));

    [Theory]
    [InlineData(ManageLineReader.MaxLength, ManageLineFault.None)]
    [InlineData(ManageLineReader.MaxLength + 1, ManageLineFault.TooLong)]
    [InlineData(10 * 1024, ManageLineFault.TooLong)]
    [InlineData(1024 * 1024, ManageLineFault.TooLong)]
    public void A_line_has_a_length(int length, ManageLineFault fault)
    {
        var lines = ManageLines.Read(Encoding.ASCII.GetBytes(new string('x', length) + "\r\nnext\r\n").Chunk(1000));
        Assert.Equal(2, lines.Count);
        Assert.Equal(fault, lines[0].Fault);
        Assert.Equal(fault == ManageLineFault.None ? length : 0, lines[0].Text.Length);
        Assert.Equal("next", lines[1].Text);
    }

    [Fact]
    public void Erasing_does_not_make_a_line_short_again_that_was_too_long() =>
        Assert.Equal(ManageLineFault.TooLong, ManageLines.Read([Encoding.ASCII.GetBytes(new string('x', ManageLineReader.MaxLength + 1) + new string('\b', 9000) + "\n")]).Single().Fault);
}
