using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains;

/// <summary>
/// The texts of reports: those of the operator's files, read at the start and again when they change, else those that are
/// built in.
/// </summary>
internal sealed partial class ReportTemplates : IHostedService
{
    private const string Failed = """
        This is the mail system of {host}.

        Your message could not be delivered to:

        {recipients}

        Subject:  {subject}
        Sent:     {date}

        It will not be tried again for these addresses. Please check how they are
        written, or reach the recipients in another way. If you think that this is
        our mistake, write to postmaster@{host}.

        What follows is for your mail program and for technicians: the same in a
        form for machines, and your message or its header.

        """;

    private const string Delayed = """
        This is the mail system of {host}.

        Your message has not been delivered yet to:

        {recipients}

        Subject:  {subject}
        Sent:     {date}

        You need not do anything: it will be tried again until {until}.
        If it cannot be delivered by then, you will hear of it.

        What follows is for your mail program and for technicians: the same in a
        form for machines, and the header of your message.

        """;

    private const string Succeeded = """
        This is the mail system of {host}.

        You asked to hear what becomes of your message. This has become of it:

        {recipients}

        Subject:  {subject}
        Sent:     {date}

        What follows is for your mail program and for technicians: the same in a
        form for machines, and the header of your message.

        """;

    private readonly int maxSize;
    private readonly ILogger<ReportTemplates> logger;
    private readonly TextFile? failure;
    private readonly TextFile? delay;

    public ReportTemplates(IOptions<ReportOptions> options, ILogger<ReportTemplates> logger)
    {
        this.logger = logger;
        maxSize = options.Value.MaxTextSize;
        failure = options.Value.FailureFile is { } fail ? new TextFile(fail) : null;
        delay = options.Value.DelayFile is { } dela ? new TextFile(dela) : null;
    }

    /// <summary>The text for a kind of report, with its placeholders.</summary>
    public string Of(ReportKind kind) => kind switch
    {
        ReportKind.Failed => Read(failure) ?? Failed,
        ReportKind.Delayed => Read(delay) ?? Delayed,
        _ => Succeeded,
    };

    /// <summary>Reads the files, so that the operator hears at once when one cannot be read.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Read(failure);
        Read(delay);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Null: the text that is built in.</summary>
    private string? Read(TextFile? file)
    {
        if (file is null)
            return null;
        lock (file)
        {
            try
            {
                var changed = File.GetLastWriteTimeUtc(file.Path); // of a file that is not there: 1601
                if (file.Changed == changed)
                    return file.Text;
                file.Changed = changed;
                file.Text = Read(file.Path);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or DecoderFallbackException)
            {
                file.Text = null;
                LogNotRead(failure, file.Path);
            }

            return file.Text;
        }
    }

    private string Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > maxSize)
            throw new InvalidDataException($"more than {maxSize} octets");
        var octets = new byte[file.Length];
        file.ReadExactly(octets);
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(octets).TrimStart('\ufeff');
        return text.Length == 0 ? throw new InvalidDataException("it is empty") : text;
    }

    [LoggerMessage(751, LogLevel.Warning, "The text of reports in {File} cannot be used; the text that is built in is")]
    private partial void LogNotRead(Exception failure, string file);

    private sealed class TextFile(string path)
    {
        public string Path => path;

        /// <summary>When the file was changed that <see cref="Text"/> is of.</summary>
        public DateTime? Changed { get; set; }

        public string? Text { get; set; }
    }
}
