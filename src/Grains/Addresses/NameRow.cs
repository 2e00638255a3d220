using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A row <c>n!local</c> of a domain's partition <c>d!domain</c>: what the name is, whole.</summary>
/// <param name="Deleting">The name is being deleted: whoever meets the row finishes that.</param>
internal abstract record NameRow(bool Deleting) : IRecord<NameRow>
{
    /// <summary>The prefix of names inside a domain's partition.</summary>
    public const string Names = "n!";

    /// <summary>The newest format.</summary>
    protected const byte Format = 2;

    public abstract NameKind Kind { get; }

    /// <summary>What the router is told.</summary>
    public abstract Resolution Resolution { get; }

    public static string Partition(string domain) => "d!" + KeyText.Escape(domain);

    public static string Key(string local) => Names + KeyText.Escape(local);

    /// <summary>The name that a row's key holds.</summary>
    public static string LocalOf(string key) => KeyText.Unescape(key[Names.Length..]);

    /// <summary>What the name of a row is, without reading the rest of it.</summary>
    public static NameKind KindOf(ReadOnlyMemory<byte> value) => (NameKind)new RecordReader(value.Span, Format).Byte();

    public abstract ReadOnlyMemory<byte> Encode();

    public static NameRow Decode(ReadOnlyMemory<byte> value)
    {
        var record = new RecordReader(value.Span, Format);
        var kind = (NameKind)record.Byte();
        var deleting = record.Bool();
        return kind switch
        {
            NameKind.User => UserRow.Decode(ref record, deleting),
            NameKind.Alias => new AliasRow(new AliasTarget(record.Text(), record.Text())),
            NameKind.List => new ListRow(deleting, record.Text(), new ListSettings((ListAccess)record.Byte(), (ListMembers)record.Byte())),
            NameKind.ListOwner => new ListOwnerRow(record.Text()),
            _ => throw new InvalidDataException($"a name of kind {kind} is not known here"),
        };
    }

    protected RecordWriter Begin(byte format, int capacity = 64) => new RecordWriter(format, capacity).Byte((byte)Kind).Bool(Deleting);
}

/// <param name="Target">Where the alias leads.</param>
internal sealed record AliasRow(AliasTarget Target) : NameRow(Deleting: false)
{
    public override NameKind Kind => NameKind.Alias;

    public override Resolution Resolution => new() { Kind = Kind, Forward = Target.Forward, Pipe = Target.Pipe };

    public override ReadOnlyMemory<byte> Encode() => Begin(1).Text(Target.Forward).Text(Target.Pipe).ToMemory();
}

/// <param name="Deleting">See the base.</param>
/// <param name="ListId">The key of the list's members.</param>
/// <param name="Settings">What the operator set.</param>
internal sealed record ListRow(bool Deleting, string ListId, ListSettings Settings) : NameRow(Deleting)
{
    public override NameKind Kind => NameKind.List;

    public override Resolution Resolution => new() { Kind = Kind, Id = ListId, Access = Settings.Access, Refused = Deleting };

    public override ReadOnlyMemory<byte> Encode() =>
        Begin(1).Text(ListId).Byte((byte)Settings.Access).Byte((byte)Settings.Members).ToMemory();
}

/// <param name="ListId">The list whose owners this is. The row comes and goes with the list's own, in the same commit.</param>
internal sealed record ListOwnerRow(string ListId) : NameRow(Deleting: false)
{
    /// <summary>What a list's name and this make the name of its owners.</summary>
    public const string Suffix = "-owner";

    public override NameKind Kind => NameKind.ListOwner;

    public override Resolution Resolution => new() { Kind = Kind, Id = ListId };

    public override ReadOnlyMemory<byte> Encode() => Begin(1).Text(ListId).ToMemory();
}
