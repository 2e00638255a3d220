namespace Orleans.Mail;

/// <summary>One accepted recipient.</summary>
/// <param name="Address">As the client gave it.</param>
/// <param name="Targets">Where its mail goes: at least one.</param>
[GenerateSerializer, Immutable, Alias("mail.Recipient")]
public sealed record Recipient(
    [property: Id(0)] string Address,
    [property: Id(1)] IReadOnlyList<Target> Targets)
{
    /// <summary>Of what the sender wants to hear.</summary>
    [Id(2)] public Notify Notify { get; init; }

    /// <summary>ORCPT as it was given; empty when it was not.</summary>
    [Id(3)] public string OriginalRecipient { get; init; } = "";
}

/// <summary>What a target is.</summary>
[GenerateSerializer, Alias("mail.TargetKind")]
public enum TargetKind
{
    /// <summary>A mailbox of ours.</summary>
    Mailbox = 0,

    /// <summary>An address that is not ours.</summary>
    Remote = 1,

    /// <summary>A program of ours.</summary>
    Pipe = 2,

    /// <summary>A mailing list of ours: a post.</summary>
    List = 3,

    /// <summary>A mailing list of ours: a post of it that came back.</summary>
    ListBounce = 4,
}

/// <summary>An end of a recipient's way.</summary>
[GenerateSerializer, Immutable, Alias("mail.Target")]
public sealed record Target
{
    [Id(0)] public required TargetKind Kind { get; init; }

    /// <summary>The address: of a mailbox the one for Delivered-To, of a remote one where it goes, of a program or a list its name.</summary>
    [Id(1)] public required string Address { get; init; }

    /// <summary>The mailbox id or list id, which never comes back, so that it cannot become somebody else's; or the program.</summary>
    [Id(2)] public string Id { get; init; } = "";

    /// <summary>The reverse-path for this target when it is not the message's own: SRS0 for a forward, empty for a copy.</summary>
    [Id(3)] public string? Sender { get; init; }

    /// <summary>A copy: its failure is none of the sender's business.</summary>
    [Id(4)] public bool IsCopy { get; init; }

    /// <summary>The last address of ours on the way of a remote target, for its Delivered-To; empty when the client named it itself.</summary>
    [Id(5)] public string Via { get; init; } = "";

    /// <summary>Octets of the largest message that is taken; 0 = no limit.</summary>
    [Id(6)] public long MaxSize { get; init; }

    /// <summary>Octets that the mailbox may hold; 0 = no limit.</summary>
    [Id(7)] public long Quota { get; init; }

    /// <summary>The body for this target when it is not the message's own: one with a footer.</summary>
    [Id(8)] public BodyRef? Body { get; init; }

    /// <summary>What makes two targets of a message the same: one mailbox, one remote address, one program of an alias, one list.</summary>
    public (TargetKind Kind, string Key) Identity => (Kind, Kind is TargetKind.Remote or TargetKind.Pipe ? Address : Id);
}
