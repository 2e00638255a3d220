namespace Orleans.Mail.Grains;

/// <summary>What one report tells.</summary>
internal sealed record Report
{
    /// <summary>The report's own id.</summary>
    public required MessageId Id { get; init; }

    /// <summary>Failed, Delayed, or Delivered for all that went well.</summary>
    public required ReportKind Kind { get; init; }

    /// <summary>To whom it goes: the reverse-path of the message.</summary>
    public required string Sender { get; init; }

    public required IReadOnlyList<ReportedRecipient> Recipients { get; init; }

    /// <summary>When the message came in.</summary>
    public required DateTimeOffset Arrived { get; init; }

    /// <summary>ENVID; empty when it was not given.</summary>
    public required string EnvelopeId { get; init; }

    /// <summary>The Subject of the message, decoded, on one line; empty when it has none.</summary>
    public required string Subject { get; init; }

    /// <summary>The Message-ID of the message without brackets; empty when it has none.</summary>
    public required string OriginalId { get; init; }

    /// <summary>When all that waits will have been given up.</summary>
    public DateTimeOffset? Until => Recipients.Max(static recipient => recipient.Until);
}
