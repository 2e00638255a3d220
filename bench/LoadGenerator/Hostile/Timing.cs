using System.Diagnostics;
using System.Net;
using System.Text;
using Orleans.Mail.LoadGenerator.Connections;
using Orleans.Mail.LoadGenerator.Measuring;

namespace Orleans.Mail.LoadGenerator.Hostile;

/// <param name="Target">The POP3 server, whose Logins:FailureDelay is 0.</param>
/// <param name="Limit">The longest that it may take.</param>
/// <param name="Logins">Logins of each kind.</param>
internal sealed record TimingOptions(IPEndPoint Target, TimeSpan Limit, int Logins);

/// <summary>
/// Compares how long a login takes that fails for want of the user with one that fails by its password: in random turn,
/// one at a time, by Welch's t. With |t| under 2 the times do not tell which it was.
/// </summary>
internal sealed class Timing(TimingOptions options)
{
    private readonly List<double>[] milliseconds = [[], []];

    public async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(options.Limit);
        var buffer = new byte[512];
        var kinds = Enumerable.Range(0, options.Logins * 2).Select(i => i % 2).ToArray();
        Random.Shared.Shuffle(kinds);
        foreach (var kind in kinds)
        {
            using var connection = await ClientConnection.OpenAsync(options.Target, buffer, end.Token);
            await connection.ReadLineAsync();
            // Both names are as long as each other.
            var user = kind == 0 ? $"u{Random.Shared.Next(10)}" : $"v{Random.Shared.Next(10)}";
            await connection.SendAsync(Encoding.UTF8.GetBytes($"USER {user}@bench.test\r\n"));
            await connection.ReadLineAsync();
            var begin = Stopwatch.GetTimestamp();
            await connection.SendAsync("PASS wrong\r\n"u8.ToArray());
            await connection.ReadLineAsync();
            milliseconds[kind].Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        return Compare();
    }

    private Report Compare()
    {
        // The slowest hundredth is the machine's doing.
        var (password, user) = (Summarise(milliseconds[0]), Summarise(milliseconds[1]));
        var error = Math.Sqrt((password.Variance / password.Count) + (user.Variance / user.Count));
        var report = new Report("timing") { Succeeded = true };
        report.Add("wrong_password_mean_ms", password.Mean, 4);
        report.Add("no_such_user_mean_ms", user.Mean, 4);
        report.Add("wrong_password_median_ms", password.Median, 4);
        report.Add("no_such_user_median_ms", user.Median, 4);
        report.Add("deviation_ms", Math.Sqrt(user.Variance), 4);
        report.Add("difference_us", (password.Mean - user.Mean) * 1000, 1);
        report.Add("t", error > 0 ? (password.Mean - user.Mean) / error : 0, 2);
        return report;
    }

    private static (double Mean, double Median, double Variance, int Count) Summarise(List<double> samples)
    {
        var sorted = samples.Order().Take(samples.Count * 99 / 100).ToArray();
        var mean = sorted.Average();
        return (mean, sorted[sorted.Length / 2], sorted.Sum(each => (each - mean) * (each - mean)) / (sorted.Length - 1), sorted.Length);
    }
}
