using System.Diagnostics.Metrics;

namespace Orleans.Mail.Grains;

/// <summary>What is measured of reports: <c>mail.reports.*</c>.</summary>
internal sealed class ReportMetrics
{
    private readonly Counter<long> sent;
    private readonly Counter<long> unreportable;

    public ReportMetrics(IMeterFactory meters)
    {
        Meter = meters.Create("mail.reports");
        sent = Meter.CreateCounter<long>("mail.reports.sent", "{report}", "Reports that were submitted, by what they tell; one that is made again after a fault counts again.");
        unreportable = Meter.CreateCounter<long>("mail.reports.unreportable", "{report}", "Reports that could be given to nobody, by what they tell.");
    }

    internal Meter Meter { get; }

    public void Sent(ReportKind kind) => sent.Add(1, Tag(kind));

    public void Unreportable(ReportKind kind) => unreportable.Add(1, Tag(kind));

    private static KeyValuePair<string, object?> Tag(ReportKind kind) => new("kind", kind switch
    {
        ReportKind.Failed => "failed",
        ReportKind.Delayed => "delayed",
        _ => "success",
    });
}
