using System.Text.RegularExpressions;

namespace Orleans.Mail.EndToEnd.Server;

/// <summary>One system call of a trace: when it began and ended, as positions in the trace's order.</summary>
/// <param name="Name">fsync, sendmsg, …</param>
/// <param name="Text">Its arguments, with the path or address behind each descriptor.</param>
/// <param name="Begin">The position of the line on which it began.</param>
/// <param name="End">The position of the line on which it returned.</param>
public sealed record SystemCall(string Name, string Text, int Begin, int End)
{
    /// <summary>The first argument with what stands behind it: <c>212&lt;TCP:[…]&gt;</c>.</summary>
    public string Descriptor => Text.Split([", ", ") "], 2, StringSplitOptions.None)[0].TrimEnd(')');
}

/// <summary>Reads what <c>strace -f -yy</c> wrote: calls that another thread interrupted are put together again.</summary>
public static partial class SystemCalls
{
    public static IReadOnlyList<SystemCall> Parse(IEnumerable<string> lines)
    {
        var calls = new List<SystemCall>();
        var unfinished = new Dictionary<string, (string Name, string Text, int Begin)>();
        var position = 0;
        foreach (var line in lines)
        {
            position++;
            if (Resumed().Match(line) is { Success: true } resumed && unfinished.Remove(resumed.Groups["thread"].Value, out var begun))
                calls.Add(new(begun.Name, begun.Text + resumed.Groups["text"].Value, begun.Begin, position));
            else if (Unfinished().Match(line) is { Success: true } start)
                unfinished[start.Groups["thread"].Value] = (start.Groups["name"].Value, start.Groups["text"].Value, position);
            else if (Whole().Match(line) is { Success: true } whole)
                calls.Add(new(whole.Groups["name"].Value, whole.Groups["text"].Value, position, position));
        }

        return calls;
    }

    [GeneratedRegex(@"^(?<thread>\d+) +<\.\.\. \w+ resumed>(?<text>.*)$")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^(?<thread>\d+) +(?<name>\w+)\((?<text>.*) <unfinished \.\.\.>$")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^\d+ +(?<name>\w+)\((?<text>.*)$")]
    private static partial Regex Whole();
}
