using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A row <c>e!destination!id!recipient</c> of a shard: an entry, or what is left of a finished one for a while, so that a repeated Accept is a no-op.</summary>
/// <param name="Entry">The entry; null once it is finished.</param>
/// <param name="Due">When the row is looked at next: for an attempt, or to go.</param>
internal sealed record QueueRow(QueueEntry? Entry, DateTimeOffset Due)
{
    private const byte Format = 1;

    /// <summary>The lane of a finished or a local entry.</summary>
    public const char Local = 'l';

    /// <summary>Programs, which may take their time.</summary>
    public const char Program = 'p';

    /// <summary>What users send to other hosts.</summary>
    public const char Remote = 'r';

    /// <summary>What lists send to other hosts.</summary>
    public const char Bulk = 's';

    /// <summary>Entries that failed and wait for their report.</summary>
    public const char Failed = 'x';

    /// <summary>The lanes that a shard works off.</summary>
    public static readonly IReadOnlyList<char> Served = [Local, Program];

    /// <summary>Which of the shard's due times it stands in, so that one kind of work never waits behind another.</summary>
    public char Lane => Entry switch
    {
        { Failed: true } => Failed,
        { Target.Kind: TargetKind.Remote, IsBulk: true } => Bulk,
        { Target.Kind: TargetKind.Remote } => Remote,
        { Target.Kind: TargetKind.Pipe } => Program,
        _ => Local,
    };

    public ReadOnlyMemory<byte> Encode()
    {
        var record = new RecordWriter(Format, 256).Time(Due).Bool(Entry is not null);
        if (Entry is not { } entry)
            return record.ToMemory();
        var target = entry.Target;
        record.Message(entry.Id)
            .Byte((byte)target.Kind).Text(target.Address).Text(target.Id)
            .Bool(target.Sender is not null).Text(target.Sender ?? "")
            .Bool(target.IsCopy).Text(target.Via).Number(target.MaxSize).Number(target.Quota)
            .Text(entry.Sender).Text(entry.Recipient).Body(entry.Body)
            .Time(entry.Entered).Bool(entry.LastAttempt is not null).Time(entry.LastAttempt ?? entry.Entered)
            .Number(entry.Attempts).Text(entry.Status).Bool(entry.Failed).Text(entry.Cursor).Bool(entry.IsBulk);
        return record.ToMemory();
    }

    public static QueueRow Decode(ReadOnlyMemory<byte> value)
    {
        var record = new RecordReader(value.Span, Format);
        var due = record.Time();
        return new QueueRow(record.Bool() ? ReadEntry(ref record, due) : null, due);
    }

    private static QueueEntry ReadEntry(ref RecordReader record, DateTimeOffset due)
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
