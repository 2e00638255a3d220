using System.Text;

namespace Orleans.Mail.Tools.Management;

/// <summary>A command line of the management protocol: values stand in quotes, so that they may hold anything but control characters.</summary>
internal sealed class ManagementLine
{
    private readonly StringBuilder text;

    public ManagementLine(string command) => text = new StringBuilder(command);

    public string Text => text.ToString();

    /// <summary>Whether a value can be said in a line.</summary>
    public static bool CanHold(string? value) => value is null || !value.Any(char.IsControl);

    public ManagementLine Word(string value)
    {
        text.Append(' ').Append(Quote(value));
        return this;
    }

    /// <summary>Adds <c>KEY="value"</c>; null adds nothing.</summary>
    public ManagementLine Key(string key, string? value)
    {
        if (value is not null)
            text.Append(' ').Append(key).Append('=').Append(Quote(value));
        return this;
    }

    private static string Quote(string value)
    {
        if (!CanHold(value))
            throw new ArgumentException("a value with control characters", nameof(value));
        return $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
