using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// The row <c>list</c> of a list's partition. Clearing a list begins another generation of members: those of the earlier
/// ones are none any more, and their rows go in the background. Every new member replaces this row, too, so that none can
/// come into a list that was cleared meanwhile.
/// </summary>
/// <param name="Generation">Which members count.</param>
/// <param name="Gone">The list was deleted: nobody can become a member. The row stays, as a list id never comes back.</param>
internal sealed record ListState(int Generation, bool Gone) : IRecord<ListState>
{
    public const string Key = "list";

    /// <summary>A list without a row.</summary>
    public static readonly ListState New = new(0, false);

    private const byte Format = 1;

    /// <summary>After everybody was removed.</summary>
    public ListState Cleared(bool forEver) => new(Generation + 1, forEver);

    public ReadOnlyMemory<byte> Encode() => new RecordWriter(Format, 8).Number(Generation).Bool(Gone).ToMemory();

    public static ListState Decode(ReadOnlyMemory<byte> value)
    {
        var record = new RecordReader(value.Span, Format);
        return new ListState((int)record.Number(), record.Bool());
    }
}
