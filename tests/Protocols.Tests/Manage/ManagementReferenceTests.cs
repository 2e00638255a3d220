using System.Globalization;
using System.Text;
using Orleans.Mail.Protocols.Manage;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Protocols.Tests.Manage;

public sealed class ManagementReferenceTests
{
    private const string Head = """
        # Management commands

        Made from the table in `src/Protocols/Manage`; `UPDATE_DOCS=1` in the environment of the tests writes it anew.

        Connect to the management port (`PORT_REMT`, 4501) by telnet or from a program. A line is `NOUN [VERB]` and parameters:
        `KEY=value`, `"KEY=va lue"`, `KEY="va lue"` or a flag; in quotes `\"` and `\\` are the quote and the backslash. Nouns, verbs and
        keys may be in any case; a line has at most 8192 octets. When a command is refused, nothing is changed.

        A reply is zero or more data lines and then exactly one status line: `OK` or `ER`, four digits, a space, text. Read until a line
        matches `^(OK|ER)[0-9]{4} `. The first two digits are what it is about, the last two how it ended:


        """;

    [Fact]
    public void The_management_reference_is_that_of_the_table() => ReferenceFile.AssertIs("docs/management.md", Write());

    private static string Write()
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        text.Append("| Digits | About | | Digits | Ending |\n|---|---|---|---|---|\n");
        var families = Enum.GetValues<ManageFamily>();
        var endings = Enum.GetValues<ManageEnding>();
        for (var i = 0; i < Math.Max(families.Length, endings.Length); i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(families, i, family => $"{(int)family:00} | {family}")} | ");
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(endings, i, ending => $"{(int)ending:00} | {EndingText(ending)}")} |\n");
        }

        foreach (var command in ManageTable.Commands)
            WriteCommand(text, command);
        return text.ToString();
    }

    private static string Cell<T>(T[] values, int index, Func<T, string> write) => index < values.Length ? write(values[index]) : " | ";

    private static string EndingText(ManageEnding ending) => ending switch
    {
        ManageEnding.Done => "done",
        ManageEnding.Syntax => "syntax, an unknown or repeated parameter, or parameters that do not go together",
        ManageEnding.Missing => "a parameter is missing",
        ManageEnding.NotFound => "not found",
        ManageEnding.Exists => "exists already",
        ManageEnding.BadValue => "a value is not allowed",
        ManageEnding.NotAllowed => "not allowed",
        ManageEnding.Trouble => "the store or the cluster is in trouble: try again",
        _ => "unknown command",
    };

    private static void WriteCommand(StringBuilder text, ManageCommand command)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {command.Name}\n\n    {command.Syntax}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{command.Help}{(command.Alias is { } alias ? $"; also `{alias}`" : "")}.\n");
        if (!command.Keys.Any())
            return;
        text.Append("\n| Parameter | Meaning |\n|---|---|\n");
        foreach (var key in command.Keys)
            text.Append(CultureInfo.InvariantCulture, $"| `{key.Name}`{(key.Alias is { } name ? $", `{name}`" : "")} | {key.Help} |\n");
    }
}
