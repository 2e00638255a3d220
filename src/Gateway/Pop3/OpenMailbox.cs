namespace Orleans.Mail.Gateway.Pop3;

/// <summary>
/// A mailbox that a session holds by a lease. Its snapshot is read when the first command needs it, so a session that
/// only looks whether there is mail costs no index.
/// </summary>
internal sealed class OpenMailbox(IMailboxGrain grain, MailboxLease lease, MailboxUsage usage, TimeProvider time, Action lost)
{
    private MessageListing? listing;
    private long lastActivity = time.GetTimestamp();
    private volatile bool isLost;

    /// <summary>The lease is no longer ours: another session took the mailbox over, or it was closed.</summary>
    public bool IsLost => isLost;

    /// <summary>Messages of the snapshot without those marked as deleted.</summary>
    public long Messages => (listing?.Count ?? usage.Messages) - DeletedMessages;

    /// <summary>Their octets.</summary>
    public long Octets => listing is null ? usage.Bytes : listing.Octets - listing.DeletedOctets;

    public int DeletedMessages => listing?.DeletedMessages ?? 0;

    /// <summary>How long the client has neither sent a command nor taken a part of a reply.</summary>
    public TimeSpan Silent => time.GetElapsedTime(Volatile.Read(ref lastActivity));

    /// <summary>The client has shown that it is there.</summary>
    public void Touch() => Volatile.Write(ref lastActivity, time.GetTimestamp());

    /// <summary>The snapshot; null when the lease is lost.</summary>
    public ValueTask<MessageListing?> ListAsync() => listing is null ? new(ReadListingAsync()) : new(listing);

    /// <summary>Takes the marks of DELE away.</summary>
    public void Undelete() => listing?.Undelete();

    /// <summary>Keeps the lease.</summary>
    public async Task RenewAsync()
    {
        if (!await grain.RenewAsync(lease, Silent))
            Lose();
    }

    /// <summary>
    /// Deletes what is marked and gives the mailbox back. The call is idempotent by the lease, so an outcome that stays
    /// unknown is asked for once more; then it throws.
    /// </summary>
    public async Task<QuitResult> CommitAsync(Action<Exception> failedOnce)
    {
        var deletions = listing?.Deletions() ?? [];
        try
        {
            return await grain.QuitAsync(lease, deletions);
        }
        catch (Exception exception)
        {
            failedOnce(exception);
        }

        return await grain.QuitAsync(lease, deletions);
    }

    /// <summary>Gives the mailbox back and deletes nothing. As patient as <see cref="CommitAsync"/>.</summary>
    public Task ReleaseAsync(Action<Exception> failedOnce) => ReleaseAsync(grain, lease.Token, failedOnce);

    /// <summary>Gives a mailbox back that a session has, or may have, opened.</summary>
    public static async Task ReleaseAsync(IMailboxGrain grain, MessageId session, Action<Exception> failedOnce)
    {
        try
        {
            await grain.ReleaseAsync(session);
            return;
        }
        catch (Exception exception)
        {
            failedOnce(exception);
        }

        await grain.ReleaseAsync(session);
    }

    private async Task<MessageListing?> ReadListingAsync()
    {
        listing = await MessageListing.ReadAsync(grain, lease, usage.Messages);
        if (listing is null)
            Lose();
        return listing;
    }

    private void Lose()
    {
        isLost = true;
        lost();
    }
}
