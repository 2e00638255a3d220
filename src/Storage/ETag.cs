namespace Orleans.Mail.Storage;

/// <summary>The version of a row, opaque: it changes with every write of the row.</summary>
public readonly record struct ETag(string Value);

/// <summary>
/// The id of a commit, made by the caller and kept in every row that the commit writes: after a lost reply, reading a row
/// back tells whether the commit took place.
/// </summary>
public readonly record struct CommitId(long Value)
{
    /// <summary>A new random id, 63 bits.</summary>
    public static CommitId New() => new(Random.Shared.NextInt64());
}
