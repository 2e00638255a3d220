namespace Orleans.Mail.Storage.Azure;

/// <summary>What a failed request means for what it was to write.</summary>
internal enum FailureKind
{
    /// <summary>A condition did not hold; nothing was written, and repeating is useless.</summary>
    Condition,

    /// <summary>The service refused for now or was not reached; nothing was written, and repeating may help.</summary>
    NotDone,

    /// <summary>No reply, or one that leaves it open: written, not written, or still to be written.</summary>
    Doubt,

    /// <summary>Refused for a reason that repeating does not change (no right, no table); nothing was written.</summary>
    Refused,
}
