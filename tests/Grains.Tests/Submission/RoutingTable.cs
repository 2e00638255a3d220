namespace Orleans.Mail.Grains.Tests.Submission;

/// <summary>The rows of <c>routing.table</c>.</summary>
internal static class RoutingTable
{
    public static IReadOnlyList<RoutingRow> Rows { get; } =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Submission", "routing.table"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(RoutingRow.Parse),
    ];
}

/// <param name="Name">What is told.</param>
/// <param name="World">What there is, a statement each.</param>
/// <param name="Recipient">To whom, from whom, how large.</param>
/// <param name="Expected">What becomes of it.</param>
internal sealed record RoutingRow(string Name, IReadOnlyList<string> World, string Recipient, string Expected)
{
    public static RoutingRow Parse(string line)
    {
        var columns = line.Split('|', StringSplitOptions.TrimEntries);
        Assert.Equal(4, columns.Length);
        return new(columns[0], columns[1].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), columns[2], columns[3]);
    }
}
