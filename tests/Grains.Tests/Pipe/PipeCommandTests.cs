namespace Orleans.Mail.Grains.Tests.Pipe;

public sealed class PipeCommandTests
{
    [Theory]
    [InlineData("/usr/bin/program -d -j", "/usr/bin/program", "-d", "-j")]
    [InlineData("  /bin/p \t a  ", "/bin/p", "a")]
    [InlineData("/bin/p \"two words\" 'and \"more\"'", "/bin/p", "two words", "and \"more\"")]
    [InlineData("/bin/p \"a\\\"b\\\\c\\d\" 'e\\f' g\\h", "/bin/p", "a\"b\\c\\d", "e\\f", "g\\h")]
    [InlineData("/bin/p x\"y z\"w", "/bin/p", "xy zw")]
    [InlineData("/bin/p \"\" ''", "/bin/p", "", "")]
    [InlineData("/bin/p $HOME `id` ; rm * > x | y & \\n", "/bin/p", "$HOME", "`id`", ";", "rm", "*", ">", "x", "|", "y", "&", "\\n")]
    [InlineData("\"/bin/my program\" x", "/bin/my program", "x")]
    public void A_command_line_is_split_into_words(string text, string program, params string[] arguments)
    {
        Assert.True(PipeCommand.TryParse(text, out var command));
        Assert.Equal(program, command.Program);
        Assert.Equal(arguments, command.Arguments);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("/bin/p \"open")]
    [InlineData("/bin/p 'open")]
    [InlineData("/bin/p a\0b")]
    public void What_is_no_command_line_is_refused(string text) => Assert.False(PipeCommand.TryParse(text, out _));
}
