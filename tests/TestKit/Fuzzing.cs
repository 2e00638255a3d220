using System.Globalization;

namespace Orleans.Mail.TestKit;

/// <summary>How much the fuzz tests (trait <c>Category=Fuzz</c>) try.</summary>
public static class Fuzzing
{
    /// <summary>Inputs to try: the environment variable <c>FUZZ_ITERATIONS</c>, or 1,000, which takes a moment.</summary>
    public static int Iterations { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("FUZZ_ITERATIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            ? iterations
            : 1000;
}
