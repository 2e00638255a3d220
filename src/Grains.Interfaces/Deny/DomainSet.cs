namespace Orleans.Mail;

/// <summary>Domains made for look-ups: <c>x.test</c> is that domain alone, <c>.x.test</c> all its subdomains.</summary>
public sealed class DomainSet
{
    public static readonly DomainSet Empty = new([]);

    private readonly HashSet<string> entries;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> parts;

    /// <param name="entries">In the form of <see cref="DenyEntry.TryNormalize"/>.</param>
    public DomainSet(IEnumerable<string> entries)
    {
        this.entries = new HashSet<string>(entries, StringComparer.Ordinal);
        parts = this.entries.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public bool IsEmpty => entries.Count == 0;

    /// <param name="domain">As <see cref="DomainName"/> writes it.</param>
    public bool Contains(string domain)
    {
        if (IsEmpty)
            return false;
        if (entries.Contains(domain))
            return true;
        var rest = domain.AsSpan();
        for (var dot = rest.IndexOf('.'); dot >= 0; dot = rest.IndexOf('.'))
        {
            if (parts.Contains(rest[dot..]))
                return true;
            rest = rest[(dot + 1)..];
        }

        return false;
    }
}
