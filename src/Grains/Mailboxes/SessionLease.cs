namespace Orleans.Mail.Grains;

/// <summary>The one lease of a mailbox (RFC 1939 section 4: an exclusive-access lock), as this activation knows it.</summary>
internal sealed class SessionLease(TimeSpan leaseTime, TimeProvider time)
{
    private MailboxLease? held;
    private long renewed;
    private TimeSpan silentAtRenewal;

    // An activation that has granted none may have lost the memory of one: it adopts the first that is shown to it.
    private bool mayAdopt = true;

    // A renewal, or the call that opened it, may still be on its way when a session ends.
    private MessageId? ended;

    /// <summary>What a session finds that wants the mailbox.</summary>
    public SessionState StateFor(MessageId token, TimeSpan takeOverAfter)
    {
        if (token == ended)
            return SessionState.InUse; // nobody waits for the answer, and nobody would give the mailbox back
        if (held is null || held.Token == token)
            return SessionState.Free;
        var unrenewed = time.GetElapsedTime(renewed);
        return unrenewed >= leaseTime || silentAtRenewal + unrenewed > takeOverAfter ? SessionState.Abandoned : SessionState.InUse;
    }

    /// <summary>Grants a lease on the mailbox as <paramref name="box"/> shows it.</summary>
    public OpenResult Grant(MessageId token, Box box)
    {
        held = new MailboxLease(token, box.Epoch, box.Sequence);
        mayAdopt = false;
        Renew(TimeSpan.Zero);
        return new OpenResult(OpenStatus.Granted, held, box.Usage);
    }

    /// <summary>Whether the lease holds, and if so renews it.</summary>
    public bool Renew(MailboxLease lease, Box box, TimeSpan silent)
    {
        if (box.Closed || lease.Epoch != box.Epoch || lease.Token == ended || (!mayAdopt && held?.Token != lease.Token))
            return false;
        held = lease;
        mayAdopt = false;
        Renew(silent);
        return true;
    }

    /// <summary>Frees the mailbox, if this is the session that holds it.</summary>
    public void End(MessageId token)
    {
        ended = token;
        if (held?.Token == token)
            held = null;
    }

    private void Renew(TimeSpan silent)
    {
        renewed = time.GetTimestamp();
        silentAtRenewal = silent;
    }
}

internal enum SessionState
{
    /// <summary>No session: a lease is granted without a write.</summary>
    Free,

    /// <summary>A session is active.</summary>
    InUse,

    /// <summary>A session was silent for too long, or its gateway is gone: it is taken over by a new epoch.</summary>
    Abandoned,
}
