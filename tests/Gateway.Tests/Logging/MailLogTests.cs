using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Mail.Gateway.Logging;
using Orleans.Mail.Gateway.Tests.Configuration;

namespace Orleans.Mail.Gateway.Tests.Logging;

public sealed class MailLogTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orleans-mail-log-");
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 23, 59, 59, TimeSpan.Zero));
    private readonly MemoryStream output = new();

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("%s%n%x")]
    [InlineData("{0} {Name}")]
    public void Format_characters_of_a_client_are_text(string given)
    {
        Log(logger => Write(logger, given));

        Assert.Equal($"2026-03-01T23:59:59.000Z INF helo {given}\n", Written());
    }

    [Fact]
    public void A_client_cannot_start_a_line_of_its_own()
    {
        Log(logger => Write(logger, "a\r\n2026-03-01T00:00:00.000Z ERR forged\0\u2028\u001b[2J\u202e"));

        Assert.Equal("2026-03-01T23:59:59.000Z INF helo a\\x0d\\x0a2026-03-01T00:00:00.000Z ERR forged\\x00\\u2028\\x1b[2J\\u202e\n", Written());
    }

    [Fact]
    public void The_file_holds_what_standard_output_shows_and_names_the_connection()
    {
        Log(logger =>
        {
            using (logger.BeginScope("0HN1"))
                Write(logger, "x");
        });

        Assert.Equal("2026-03-01T23:59:59.000Z INF [0HN1] helo x\n", Written());
        Assert.Equal(Written(), File.ReadAllText(Path.Combine(folder.FullName, "extremail-2026-03-01.log")));
    }

    [Fact]
    public void Each_day_has_its_file_and_files_older_than_14_days_go()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "extremail-2026-02-14.log"), "");
        File.WriteAllText(Path.Combine(folder.FullName, "extremail-2026-02-15.log"), "");
        File.WriteAllText(Path.Combine(folder.FullName, "extremail-notes.log"), "");

        Log(logger => Write(logger, "first"));
        time.Advance(TimeSpan.FromSeconds(1));
        Log(logger => Write(logger, "second"));

        Assert.Equal(
            ["extremail-2026-03-01.log", "extremail-2026-03-02.log", "extremail-notes.log"],
            folder.EnumerateFiles().Select(file => file.Name).Order());
    }

    [Fact]
    public void A_folder_that_cannot_be_written_leaves_standard_output_at_work()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "blocked"), "");

        Log(logger => Write(logger, "x"), new MailLogOptions { Directory = Path.Combine(folder.FullName, "blocked", "log") });

        Assert.Contains("helo x\n", Written(), StringComparison.Ordinal);
        Assert.Contains("the log file cannot be written", Written(), StringComparison.Ordinal);
    }

    [Fact]
    public void In_containers_an_entry_is_a_JSON_object_on_a_line_and_no_file_is_written()
    {
        var options = MailLogOptions.From(OptionsSources.Of(("DOTNET_RUNNING_IN_CONTAINER", "true")), folder.FullName);
        Log(
            logger =>
            {
                using (logger.BeginScope("0HN1"))
                    Write(logger, "a\r\n\"b\" '\u2028");
            },
            options);

        var line = Assert.Single(Written().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(
            """{"time":"2026-03-01T23:59:59Z","level":"INF","category":"Orleans.Mail.Test","event":1,"connection":"0HN1","text":"helo a\r\n\"b\" '\u2028","fields":{"name":"a\r\n\"b\" '\u2028"}}""",
            line);
        Assert.Empty(folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public void The_folder_and_the_format_can_be_chosen_everywhere()
    {
        var options = MailLogOptions.From(OptionsSources.Of(("DOTNET_RUNNING_IN_CONTAINER", "true"), ("DIR_LOG", folder.FullName), ("Log:Format", "text")), "data");
        Log(logger => Write(logger, "x"), options);

        Assert.Equal("2026-03-01T23:59:59.000Z INF helo x\n", Written());
        Assert.Equal(Written(), File.ReadAllText(Path.Combine(folder.FullName, "extremail-2026-03-01.log")));
        Assert.True(MailLogOptions.From(OptionsSources.Of(("Log:Format", "json")), "data").Json);
    }

    private static void Write(ILogger logger, string given) => Helo(logger, given, null);

    private static readonly Action<ILogger, string, Exception?> Helo =
        LoggerMessage.Define<string>(LogLevel.Information, new EventId(1), "helo {Name}");

    private void Log(Action<ILogger> write, MailLogOptions? options = null)
    {
        using var provider = new MailLoggerProvider(options ?? new MailLogOptions { Directory = folder.FullName }, time, output);
        using var factory = new LoggerFactory([provider]);
        write(factory.CreateLogger("Orleans.Mail.Test"));
    }

    private string Written() => Encoding.UTF8.GetString(output.ToArray());
}
