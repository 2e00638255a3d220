using System.Buffers;
using System.Text;

namespace Orleans.Mail.Storage;

/// <summary>
/// Builds partitions and keys: segments joined with <c>!</c>. A segment's characters other than <c>[A-Za-z0-9.@-]</c> are
/// escaped as <c>_XX</c> (hexadecimal, one per UTF-8 octet), so that keys are ASCII, sort ordinally in every backend and
/// fit the key rules of Azure tables.
/// </summary>
public static class KeyText
{
    /// <summary>Sorts after every character that a key may hold.</summary>
    internal const string AfterAll = "~";

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.@-");

    /// <summary>Escapes one segment.</summary>
    public static string Escape(string segment)
    {
        if (!segment.AsSpan().ContainsAnyExcept(Plain))
            return segment;
        var text = new StringBuilder(segment.Length + 8);
        foreach (var octet in Encoding.UTF8.GetBytes(segment))
        {
            if (Plain.Contains((char)octet))
                text.Append((char)octet);
            else
                text.Append('_').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>Reads an escaped segment back.</summary>
    public static string Unescape(string segment)
    {
        if (!segment.Contains('_', StringComparison.Ordinal))
            return segment;
        var octets = new List<byte>(segment.Length);
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] == '_')
            {
                octets.Add(Convert.ToByte(segment.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                octets.Add((byte)segment[i]);
            }
        }

        return Encoding.UTF8.GetString([.. octets]);
    }

    /// <summary>Whether a partition or key keeps the rules of the port.</summary>
    public static bool IsValid(string text) =>
        text.Length is > 0 and <= StoreLimits.KeyLength && !text.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>The smallest text after <paramref name="key"/>; it only bounds a range and never names a row.</summary>
    internal static string Successor(string key) => key + " ";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.@-_!");
}
