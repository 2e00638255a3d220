using Orleans.Mail.Grains;
using Orleans.Mail.Protocols.Smtp.Client;

namespace Orleans.Mail.Relay.Sending;

/// <summary>What is known of a message's recipients: those without an outcome are still to be sent to.</summary>
internal sealed class Outcomes(int count)
{
    private readonly RelayOutcome?[] all = new RelayOutcome?[count];

    /// <summary>Recipients without an outcome.</summary>
    public int Open { get; private set; } = count;

    public int Count => all.Length;

    /// <summary>The latest outcome, for the log.</summary>
    public RelayOutcome? Last { get; private set; }

    /// <summary>Those without an outcome, in order.</summary>
    public List<int> OpenRecipients()
    {
        var open = new List<int>(Open);
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i] is null)
                open.Add(i);
        }

        return open;
    }

    public bool IsOpen(int recipient) => all[recipient] is null;

    public void Set(int recipient, RelayOutcome outcome)
    {
        if (all[recipient] is not null)
            return;
        all[recipient] = Last = outcome;
        Open--;
    }

    /// <summary>A host's refusal of one recipient.</summary>
    public void Refuse(int recipient, PeerReply reply, ReplyMeaning meaning, string host) => Set(recipient, Refused(reply, meaning, host));

    /// <summary>Gives all that have none the same.</summary>
    public void SetRest(RelayOutcome outcome)
    {
        for (var i = 0; i < all.Length; i++)
            Set(i, outcome);
    }

    /// <summary>All of them; every recipient has one.</summary>
    public IReadOnlyList<RelayOutcome> ToList() => all!;

    public static RelayOutcome Refused(PeerReply reply, ReplyMeaning meaning, string host) =>
        meaning == ReplyMeaning.Failed ? new(RelayVerdict.Failed, reply.Status(5), host) : new(RelayVerdict.Later, reply.Status(4), host);
}
