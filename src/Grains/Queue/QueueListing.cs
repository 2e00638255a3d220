using System.Globalization;
using System.Text;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>An entry that a listing found.</summary>
internal sealed record ListedEntry(int Partition, string Key, QueueEntry Entry);

/// <summary>Finds entries by what management asks for, page by page, without loading the rest: by destination, sender or message.</summary>
internal sealed class QueueListing(SettledRows rows, DomainCopies domains)
{
    /// <summary>Rows that are looked at for one page, matching or not.</summary>
    private const int RowsOfPage = 4000;

    private const int ReadWidth = 16;

    private static readonly string[] LocalKinds = ["e!bounce!", "e!box!", "e!list!", "e!pipe!"];

    /// <summary>Whether an entry is meant.</summary>
    public static bool Matches(QueueFilter filter, QueueEntry entry)
    {
        if (filter.Id is { } id && entry.Id != id)
            return false;
        if (filter.Sender.Length > 0 && !entry.Sender.Equals(SenderOf(filter), StringComparison.OrdinalIgnoreCase))
            return false;
        var address = entry.Target.Address;
        if (filter.Mailbox.Length > 0 && !address.Equals(filter.Mailbox, StringComparison.OrdinalIgnoreCase))
            return false;
        return filter.Domain.Length == 0 || address.AsSpan(address.LastIndexOf('@') + 1).Equals(filter.Domain, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The next entries that match.</summary>
    /// <param name="filter">Which are meant.</param>
    /// <param name="after">Empty, or the cursor that the page before ended with.</param>
    /// <param name="limit">How many at most.</param>
    public async Task<(IReadOnlyList<ListedEntry> Entries, string? Next)> ReadAsync(QueueFilter filter, string after, int limit)
    {
        var steps = await PlanAsync(filter);
        var found = new List<ListedEntry>();
        var (step, key) = Parse(after);
        var budget = RowsOfPage;
        for (; step < steps.Count; step++, key = "")
        {
            var (partition, prefix) = steps[step];
            RowRange? rest = RowRange.Prefix(QueueKeys.Partition(partition), prefix);
            if (key.Length > 0)
                rest = rest.Value.After(key);
            while (rest is { } range)
            {
                if (found.Count >= limit || budget <= 0)
                    return (found, string.Create(CultureInfo.InvariantCulture, $"{step}!{key}"));
                var page = await rows.ScanAsync(range, Math.Min(limit - found.Count, StoreLimits.PageRows));
                await AddAsync(filter, partition, page, found);
                budget -= Math.Max(page.Rows.Count, 1);
                rest = page.Next;
                key = page.Rows.Count > 0 ? page.Rows[^1].Key : key;
            }
        }

        return (found, null);
    }

    /// <summary>Where what matches stands: each partition with a prefix.</summary>
    private async ValueTask<IReadOnlyList<(int Partition, string Prefix)>> PlanAsync(QueueFilter filter)
    {
        var domain = filter.Domain.Length > 0 ? filter.Domain : filter.Mailbox[(filter.Mailbox.LastIndexOf('@') + 1)..];
        if (DomainName.TryParse(domain, out var name))
            domain = name;
        if (filter.Id is { } id)
            return Everywhere(QueueKeys.MessageIs(id));
        if (domain.Length > 0 && await domains.FindAsync(domain) is null)
            return [(QueueKeys.PartitionOfDomain(domain), QueueKeys.EntriesOfDomain(domain))];
        if (domain.Length > 0)
            return [(QueueKeys.PartitionOfDomain(domain), QueueKeys.EntriesOfDomain(domain)), .. Everywhere(LocalKinds)];
        return filter.Sender.Length > 0 ? Everywhere(QueueKeys.SentBy(SenderOf(filter))) : Everywhere(QueueKeys.Entries);
    }

    private static (int Partition, string Prefix)[] Everywhere(params string[] prefixes) =>
        [.. Enumerable.Range(0, QueueKeys.PartitionCount).SelectMany(partition => prefixes.Select(prefix => (partition, prefix)))];

    private static string SenderOf(QueueFilter filter) => filter.Sender == "<>" ? "" : filter.Sender;

    private static (int Step, string Key) Parse(string after)
    {
        var end = after.IndexOf('!', StringComparison.Ordinal);
        return end > 0 && int.TryParse(after.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? (step, after[(end + 1)..]) : (0, "");
    }

    private async Task AddAsync(QueueFilter filter, int partition, RowPage page, List<ListedEntry> found)
    {
        var entries = new Row?[page.Rows.Count];
        await InParallel.ForEachAsync(
            [.. Enumerable.Range(0, entries.Length)],
            ReadWidth,
            async i => entries[i] = IsEntry(page.Rows[i]) ? page.Rows[i] : await ReadNamedAsync(partition, page.Rows[i]));
        foreach (var row in entries)
        {
            if (row is not null && QueueRow.Decode(row.Value) is { Finished: false, Entry: { } entry } && Matches(filter, entry))
                found.Add(new ListedEntry(partition, row.Key, entry));
        }
    }

    private static bool IsEntry(Row row) => row.Key.StartsWith(QueueKeys.Entries, StringComparison.Ordinal);

    // A row of an index holds the entry's key.
    private ValueTask<Row?> ReadNamedAsync(int partition, Row index) =>
        rows.ReadAsync(new RowKey(QueueKeys.Partition(partition), Encoding.ASCII.GetString(index.Value.Span)));
}
