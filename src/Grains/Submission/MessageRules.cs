namespace Orleans.Mail.Grains;

/// <summary>What a target asks of a message, and is known only when the message is there.</summary>
internal static class MessageRules
{
    /// <summary>Why the target does not take the message; null when nothing speaks against it.</summary>
    public static SubmitOutcome? Refuse(Target target, Envelope envelope)
    {
        if (target.MaxSize > 0 && envelope.Size > target.MaxSize)
            return SubmitOutcome.TooLarge;
        var traits = envelope.Traits;
        if (target.Kind == TargetKind.List && (traits.AutoSubmitted || traits.ListIds.Contains(ListNames.IdOf(target.Address))))
            return SubmitOutcome.NotAllowed;
        return traits.DeliveredTo.Count > 0 && HasPassed(target, traits.DeliveredTo) ? SubmitOutcome.Loop : null;
    }

    private static bool HasPassed(Target target, IReadOnlyList<string> deliveredTo)
    {
        var ours = target.Kind is TargetKind.Mailbox or TargetKind.List or TargetKind.Pipe ? target.Address : target.Via;
        return MailAddress.TryParse(ours, out var address) && deliveredTo.Contains(address.Key);
    }
}
