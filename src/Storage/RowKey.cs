namespace Orleans.Mail.Storage;

/// <summary>The name of a row: a partition and a key inside it. Both are ASCII, ordinal, at most <see cref="StoreLimits.KeyLength"/> characters; build them with <see cref="KeyText"/>.</summary>
public readonly record struct RowKey(string Partition, string Key)
{
    public override string ToString() => $"{Partition}/{Key}";
}
