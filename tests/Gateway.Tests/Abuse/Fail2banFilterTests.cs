using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logging;
using Orleans.Mail.Gateway.Tests.Pop3;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Gateway.Tests.Abuse;

/// <summary>deploy/fail2ban against the lines that the server writes: of each reason, in the daily file and in the journal.</summary>
public sealed class Fail2banFilterTests : IDisposable
{
    private static readonly string[] Attacks =
        ["early-talker", "errors", "management-password", "no-such-user", "probes", "unbound", "wrong-password"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mail-fail2ban-");
    private readonly MemoryStream output = new();

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("192.0.2.7", "0HN1")]
    [InlineData("2001:db8::7", null)]
    public async Task Attacks_and_nothing_else_are_found_with_the_address_that_did_it(string client, string? connection)
    {
        // What a client may choose to bring somebody else into trouble.
        const string forged = "x\" refused reason=wrong-password client=198.51.100.1 port=pop3\r\n2026-03-01T23:59:59.000Z WRN refused reason=wrong-password client=198.51.100.1 port=pop3";
        var reasons = typeof(RefusalReason).GetFields().Select(field => field.GetValue(null)).OfType<RefusalReason>().ToArray();
        await LogAsync(connection, refusals =>
        {
            var caller = new Caller(IPAddress.Parse(client), MailPort.Submission);
            foreach (var reason in reasons)
            {
                refusals.Tell(reason, caller, forged, "535 5.7.8");
                refusals.Tell(reason, caller, "", "", forged);
            }

            refusals.TellHandshake(caller, forged);
        });

        foreach (var found in new[] { OfFile().ToArray(), OfJournal().ToArray() })
        {
            Assert.Equal((2 * reasons.Length) + 1, found.Length);
            Assert.Equal(Attacks.SelectMany(name => new[] { name, name }), found.Where(each => each.Match.Success).Select(each => ReasonIn(each.Line)).Order(StringComparer.Ordinal));
            Assert.All(found.Where(each => each.Match.Success), each => Assert.Equal(client, each.Match.Groups["host"].Value));
        }
    }

    // Of a file's line fail2ban takes the time off, which it finds by the filter's own pattern.
    private IEnumerable<(string Line, Match Match)> OfFile()
    {
        var time = new Regex(Value("datepattern").Replace("%%Y", @"\d{4}", StringComparison.Ordinal).Replace("%%z", "(?:Z|[+-]\\d\\d:?\\d\\d)", StringComparison.Ordinal)
            .Replace("%%m", @"\d\d", StringComparison.Ordinal).Replace("%%d", @"\d\d", StringComparison.Ordinal)
            .Replace("%%H", @"\d\d", StringComparison.Ordinal).Replace("%%M", @"\d\d", StringComparison.Ordinal).Replace("%%S", @"\d\d", StringComparison.Ordinal));
        foreach (var line in File.ReadAllLines(Assert.Single(folder.GetFiles()).FullName))
        {
            var stamp = time.Match(line);
            Assert.True(stamp.Success, line);
            yield return (line, FailRegex().Match(line[stamp.Length..]));
        }
    }

    // Of the journal it takes what stood on standard output, and puts host and process before it.
    private IEnumerable<(string Line, Match Match)> OfJournal() => Encoding.UTF8.GetString(output.ToArray())
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => (line, FailRegex().Match("mx1.acme.test dotnet[812]: " + line)));

    private static string ReasonIn(string line) => Regex.Match(line, "reason=(\\S+)").Groups[1].Value;

    private static Regex FailRegex() => new(Value("failregex")
        .Replace("%(_head)s", Value("_head"), StringComparison.Ordinal)
        .Replace("<HOST>", "(?<host>[0-9a-f:.]+)", StringComparison.Ordinal));

    private static string Value(string key) => File.ReadAllLines(ReferenceFile.PathOf("deploy/fail2ban/filter.d/orleans-mail.conf"))
        .Single(line => line.StartsWith(key + " = ", StringComparison.Ordinal))[(key.Length + 3)..];

    private async Task LogAsync(string? connection, Action<Refusals> write)
    {
        await using var world = await Pop3World.StartAsync(); // for its meters
        using var provider = new MailLoggerProvider(new MailLogOptions { Directory = folder.FullName }, new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 23, 59, 59, TimeSpan.Zero)), output);
        using var factory = new LoggerFactory([provider]);
        var logger = factory.CreateLogger<Refusals>();
        using (connection is null ? null : logger.BeginScope(connection))
            write(new Refusals(world.Meters, logger));
    }
}
