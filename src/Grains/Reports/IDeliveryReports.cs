namespace Orleans.Mail.Grains;

/// <summary>Tells senders what became of their messages (RFC 3464).</summary>
internal interface IDeliveryReports
{
    /// <summary>
    /// Makes the report that <see cref="QueueEntry.Report"/> of the entries says and submits it, under an id that follows
    /// from the entries: again is the same message. The entries are of one message, one sender and one
    /// <see cref="QueueEntry.ReportNumber"/>. Throws on storage trouble: to be repeated. What can be reported to nobody is logged.
    /// </summary>
    Task SendAsync(IReadOnlyList<QueueEntry> entries);
}
