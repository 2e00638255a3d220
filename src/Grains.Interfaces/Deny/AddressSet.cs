using System.Net;
using System.Net.Sockets;

namespace Orleans.Mail;

/// <summary>
/// Address prefixes made for look-ups. Prefixes are nested or apart, never across each other; so what remains when the
/// nested ones are dropped is a sorted list of ranges, and a look-up is a binary search in each family's numbers.
/// </summary>
public sealed class AddressSet
{
    public static readonly AddressSet Empty = new([]);

    private readonly Ranges v4;
    private readonly Ranges v6;

    public AddressSet(IEnumerable<AddressPrefix> prefixes)
    {
        var families = prefixes.ToLookup(prefix => prefix.Family);
        v4 = new Ranges(families[AddressFamily.InterNetwork]);
        v6 = new Ranges(families[AddressFamily.InterNetworkV6]);
    }

    public bool IsEmpty => v4.IsEmpty && v6.IsEmpty;

    public bool Contains(IPAddress address)
    {
        if (IsEmpty)
            return false;
        var (family, number) = AddressPrefix.Number(address);
        return (family == AddressFamily.InterNetwork ? v4 : v6).Contain(number);
    }

    private readonly struct Ranges
    {
        private readonly UInt128[] firsts;
        private readonly UInt128[] lasts;

        public Ranges(IEnumerable<AddressPrefix> prefixes)
        {
            var kept = new List<AddressPrefix>();
            // The widest of those with the same first address comes first, and drops the others.
            foreach (var prefix in prefixes.OrderBy(prefix => prefix.First).ThenBy(prefix => prefix.Length))
            {
                if (kept.Count == 0 || prefix.First > kept[^1].Last)
                    kept.Add(prefix);
            }

            firsts = [.. kept.Select(prefix => prefix.First)];
            lasts = [.. kept.Select(prefix => prefix.Last)];
        }

        public bool IsEmpty => firsts.Length == 0;

        public bool Contain(UInt128 number)
        {
            var at = Array.BinarySearch(firsts, number);
            if (at < 0)
                at = ~at - 1; // the last range that begins before it
            return at >= 0 && number <= lasts[at];
        }
    }
}
