using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Protocols.Tests.Manage;

/// <summary>The grammar; what each command says to its parameters is in the transcripts of the gateway.</summary>
public sealed class ManageParserTests
{
    [Theory]
    [InlineData("USER LIST NAME=mick")]
    [InlineData("user List nAmE=mick")]
    [InlineData("  USER\t LIST   NAME=mick \t")]
    [InlineData("USER LIST NAME=\"mick\"")]
    [InlineData("USER LIST \"NAME=mick\"")]
    [InlineData("\"USER\" \"LIST\" \"NAME=mick\"")]
    public void A_command_is_read_however_it_is_written(string line)
    {
        Assert.True(ManageParser.TryParse(line, out var request, out _));
        Assert.Same(ManageTable.UserList, request.Command);
        Assert.Equal("mick", request[ManageKeys.User]);
        Assert.False(request.Has(ManageKeys.All));
    }

    [Theory]
    [InlineData("DIR=a=b", "a=b")]
    [InlineData("DIR=\"a b\"", "a b")]
    [InlineData("\"DIR=a b\"", "a b")]
    [InlineData("DIR=\"\"", "")]
    [InlineData("DIR=", "")]
    [InlineData("DIR=\\\"", null)]
    [InlineData("DIR=a\\b\\", "a\\b\\")]
    [InlineData("DIR=\"\\\"\\\\\\x\"", "\"\\\\x")]
    [InlineData("DIR=\"a", null)]
    [InlineData("DIR=\"a\\\"", null)]
    [InlineData("DIR=a\"b\"", null)]
    [InlineData("DIR=\"a\"b", null)]
    [InlineData("D\"IR=a\"", null)]
    [InlineData("DIR==\"a\"", null)]
    [InlineData("DIR=\u0085", null)]
    public void A_value_is_read_or_the_line_is_malformed(string parameter, string? value)
    {
        var read = ManageParser.TryParse($"USER MOD NAME=mick {parameter} QUOTA=1", out var request, out var refusal);
        Assert.Equal(value is not null, read);
        if (read)
            Assert.Equal(value, request.Find(ManageKeys.Dir));
        else
            Assert.Equal(ManageEnding.Syntax, refusal.Ending);
    }

    [Fact]
    public void Numbers_and_switches_have_their_values()
    {
        Assert.True(ManageParser.TryParse("USER MOD NAME=a QUOTA=1000000000000 MAXINMAILSIZE= STATE=Off", out var request, out _));
        Assert.Equal(1_000_000_000_000, request.FindNumber(ManageKeys.Quota));
        Assert.Equal(0, request.FindNumber(ManageKeys.UserMaxIn));
        Assert.Null(request.FindNumber(ManageKeys.UserMaxOut));
        Assert.False(request.FindSwitch(ManageKeys.State));
    }

    [Theory]
    [InlineData("LOGIN a=b", "a=b")]
    [InlineData("LOGIN HELP", "HELP")]
    [InlineData("login \"two words\"", "two words")]
    [InlineData("LOGIN me =x", "me|=x")]
    public void Login_takes_plain_words(string line, string words)
    {
        Assert.True(ManageParser.TryParse(line, out var request, out _));
        Assert.Same(ManageTable.Login, request.Command);
        Assert.Equal(words, string.Join('|', request.Words));
    }

    [Theory]
    [InlineData("STATS", "STATUS")]
    [InlineData("EXIT", "QUIT")]
    [InlineData("CONF", "CONF SHOW")]
    [InlineData("conf show", "CONF SHOW")]
    [InlineData("QUIT HELP", "HELP")]
    [InlineData("user help", "HELP")]
    public void Other_names_are_the_same_command(string line, string name)
    {
        Assert.True(ManageParser.TryParse(line, out var request, out _));
        Assert.Equal(name, request.Command.Name);
    }

    [Fact]
    public void Codes_of_the_table_are_two_digits_and_two()
    {
        Assert.Equal("OK0100 x", ManageStatus.Done(ManageFamily.Session, "x").ToString());
        Assert.Equal("ER1207 x", new ManageStatus(ManageFamily.Configuration, ManageEnding.Trouble, "x").ToString());
        Assert.All(ManageTable.Commands, command => Assert.InRange((int)command.Family, 1, 99));
    }
}
