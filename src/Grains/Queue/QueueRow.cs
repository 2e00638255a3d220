using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>Who attempts an entry now, and until when nobody else may.</summary>
/// <param name="Silo">The silo, with its generation.</param>
/// <param name="Owner">The activation there: what is its own it may go on with.</param>
/// <param name="Until">The deadline.</param>
internal sealed record QueueClaim(string Silo, string Owner, DateTimeOffset Until);

/// <summary>
/// A row <c>e!destination!id!recipient</c>: an entry, or what is left of a finished one for a while, so that a repeated
/// Accept is a no-op and MSG TRACE can tell.
/// </summary>
/// <param name="Entry">The entry; null for a finished one of format 1.</param>
/// <param name="Due">When the row is looked at next.</param>
/// <param name="Lane">The lane in whose index it stands.</param>
internal sealed record QueueRow(QueueEntry? Entry, DateTimeOffset Due, char Lane)
{
    private const byte Format = 2;

    /// <summary>The attempt that runs, counted by the entry already; null when none does.</summary>
    public QueueClaim? Claim { get; init; }

    /// <summary>Whether the indexes of senders and messages name it: what never had to wait stands in neither.</summary>
    public bool Indexed { get; init; }

    /// <summary>Whether it is finished: it holds no body any more.</summary>
    public bool Finished => Entry is not { Finished: false };

    public ReadOnlyMemory<byte> Encode()
    {
        var record = new RecordWriter(Format, 384).Time(Due).Bool(Entry is not null);
        if (Entry is not { } entry)
            return record.ToMemory();
        WriteFirst(record, entry);
        record.Byte((byte)Lane).Bool(Indexed).Bool(Claim is not null);
        if (Claim is { } claim)
            record.Text(claim.Silo).Text(claim.Owner).Time(claim.Until);
        var request = entry.Request;
        record.Byte((byte)request.Return).Text(request.EnvelopeId).Bool(request.Is8Bit).Bool(request.IsUtf8).Bool(request.IsTrusted).Text(request.Account)
            .Byte((byte)entry.Notify).Text(entry.OriginalRecipient).Time(entry.NextAttempt).Bool(entry.Held)
            .Byte((byte)entry.Report).Number(entry.ReportNumber).Bool(entry.DelayTold).Bool(entry.IsNotice).Bool(entry.Finished)
            .Number(entry.History.Count);
        foreach (var attempt in entry.History)
            record.Time(attempt.At).Text(attempt.Host).Text(attempt.Status);
        return record.ToMemory();
    }

    public static QueueRow Decode(ReadOnlyMemory<byte> value)
    {
        var record = new RecordReader(value.Span, Format);
        var due = record.Time();
        if (!record.Bool())
            return new QueueRow(null, due, DueLane.Local);
        var entry = ReadFirst(ref record, due);
        if (record.Version == 1)
            return new QueueRow(entry with { NextAttempt = due, Report = entry.Failed ? ReportKind.Failed : ReportKind.None }, due, DueLane.Of(entry, isRetry: false));
        var lane = (char)record.Byte();
        var indexed = record.Bool();
        var claim = record.Bool() ? new QueueClaim(record.Text(), record.Text(), record.Time()) : null;
        return new QueueRow(ReadRest(ref record, entry), due, lane) { Claim = claim, Indexed = indexed };
    }

    private static void WriteFirst(RecordWriter record, QueueEntry entry)
    {
        var target = entry.Target;
        record.Message(entry.Id)
            .Byte((byte)target.Kind).Text(target.Address).Text(target.Id)
            .Bool(target.Sender is not null).Text(target.Sender ?? "")
            .Bool(target.IsCopy).Text(target.Via).Number(target.MaxSize).Number(target.Quota)
            .Text(entry.Sender).Text(entry.Recipient).Body(entry.Body)
            .Time(entry.Entered).Bool(entry.LastAttempt is not null).Time(entry.LastAttempt ?? entry.Entered)
            .Number(entry.Attempts).Text(entry.Status).Bool(entry.Failed).Text(entry.Cursor).Bool(entry.IsBulk);
    }

    private static QueueEntry ReadFirst(ref RecordReader record, DateTimeOffset due)
    {
        var id = record.Message();
        var target = ReadTarget(ref record);
        var entry = new QueueEntry
        {
            Id = id,
            Target = target,
            Due = due,
            Sender = record.Text(),
            Recipient = record.Text(),
            Body = record.Body(),
            Entered = record.Time(),
        };
        var attempted = record.Bool();
        var last = record.Time();
        return entry with
        {
            LastAttempt = attempted ? last : null,
            Attempts = (int)record.Number(),
            Status = record.Text(),
            Failed = record.Bool(),
            Cursor = record.Text(),
            IsBulk = record.Bool(),
        };
    }

    private static QueueEntry ReadRest(ref RecordReader record, QueueEntry entry)
    {
        var request = new MailRequest
        {
            Return = (ReturnContent)record.Byte(),
            EnvelopeId = record.Text(),
            Is8Bit = record.Bool(),
            IsUtf8 = record.Bool(),
            IsTrusted = record.Bool(),
            Account = record.Text(),
        };
        entry = entry with
        {
            Request = request,
            Notify = (Notify)record.Byte(),
            OriginalRecipient = record.Text(),
            NextAttempt = record.Time(),
            Held = record.Bool(),
            Report = (ReportKind)record.Byte(),
            ReportNumber = record.Number(),
            DelayTold = record.Bool(),
            IsNotice = record.Bool(),
            Finished = record.Bool(),
        };
        var history = new Attempt[(int)record.Number()];
        for (var i = 0; i < history.Length; i++)
            history[i] = new Attempt(record.Time(), record.Text(), record.Text());
        return entry with { History = history };
    }

    private static Target ReadTarget(ref RecordReader record)
    {
        var target = new Target { Kind = (TargetKind)record.Byte(), Address = record.Text(), Id = record.Text() };
        var hasSender = record.Bool();
        var sender = record.Text();
        return target with
        {
            Sender = hasSender ? sender : null,
            IsCopy = record.Bool(),
            Via = record.Text(),
            MaxSize = record.Number(),
            Quota = record.Number(),
        };
    }
}
