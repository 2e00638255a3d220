namespace Orleans.Mail.Storage;

/// <summary>Spreads body ids, whose bits are mostly time, evenly over 256 places.</summary>
internal static class BodySpread
{
    public static int Of(ulong high, ulong low) => (int)(((high ^ low) * 0x9E3779B97F4A7C15) >> 56); // Fibonacci hashing
}
