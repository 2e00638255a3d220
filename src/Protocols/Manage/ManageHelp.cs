namespace Orleans.Mail.Protocols.Manage;

/// <summary>The texts of HELP, made from <see cref="ManageTable"/>.</summary>
public static class ManageHelp
{
    private const int KeyColumn = 18;

    /// <summary>All commands, a line each.</summary>
    public static IEnumerable<string> All => ManageTable.Commands.Select(command => command.Syntax);

    /// <summary>The commands of a noun with their parameters.</summary>
    public static IEnumerable<string> Of(string noun)
    {
        foreach (var command in ManageTable.CommandsOf(noun))
        {
            yield return command.Syntax;
            yield return $"  {command.Help}{(command.Alias is { } alias ? $" (also: {alias})" : "")}";
            foreach (var key in command.Keys)
                yield return $"    {key.Name,-KeyColumn} {key.Help}{(key.Alias is { } name ? $" (also: {name})" : "")}";
        }
    }
}
