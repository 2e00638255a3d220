namespace Orleans.Mail;

/// <summary>Where a body's bytes are; chosen by the store when the body is put.</summary>
[GenerateSerializer, Alias("mail.BodyPlace")]
public enum BodyPlace
{
    /// <summary>Beside the rows: small bodies.</summary>
    Row = 0,

    /// <summary>A file or a blob of its own: large bodies.</summary>
    File = 1,
}

/// <summary>A stored message body as its store names it. Grains carry it and never look inside.</summary>
/// <param name="High">Upper half of the store's id; zero where the store needs 64 bits only.</param>
/// <param name="Low">Lower half of the store's id.</param>
/// <param name="Size">Exact number of octets stored.</param>
/// <param name="Place">Where the bytes are.</param>
/// <param name="Shared">True when the holders of the body are rows of their own; false when the row that carries this reference is its only holder.</param>
[GenerateSerializer, Immutable, Alias("mail.BodyRef")]
public readonly record struct BodyRef(
    [property: Id(0)] ulong High,
    [property: Id(1)] ulong Low,
    [property: Id(2)] long Size,
    [property: Id(3)] BodyPlace Place,
    [property: Id(4)] bool Shared);
