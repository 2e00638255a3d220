namespace Orleans.Mail.Grains;

/// <summary>Says in plain words what an enhanced status code (RFC 3463) means.</summary>
internal static class ReportReasons
{
    /// <summary>A sentence about the recipient.</summary>
    public static string Of(ReportedRecipient recipient) => recipient.Kind switch
    {
        ReportKind.Delivered => "The message is in the mailbox.",
        ReportKind.Relayed => "The message was handed on to the next mail server, which sends no confirmations itself.",
        ReportKind.Expanded => "The message was passed on to everybody behind this address.",
        _ => OfTrouble(recipient),
    };

    // The subject and detail of the code; its class is what happened.
    private static string OfTrouble(ReportedRecipient recipient) => recipient.Status.Code[2..] switch
    {
        "1.1" => "There is no such address.",
        "1.2" => "There is no such mail domain.",
        "1.3" => "The address is not written correctly.",
        "1.6" => "The mailbox has moved, and left no new address.",
        "1.8" or "7.27" => "The other side does not accept your own address as a sender.",
        "1.10" => "The domain takes no mail at all.",
        "2.0" or "2.1" => "The mailbox takes no mail.",
        "2.2" => "The mailbox is full.",
        "2.3" or "3.4" => "The message is too large.",
        "3.0" or "3.5" => "The system behind this address is in trouble.",
        "3.2" => "The other system takes no mail at present.",
        "4.1" or "4.2" => "The mail server of this address could not be reached.",
        "4.3" or "4.4" => "It could not be found out which mail server is responsible for this address.",
        "4.6" => "The mail goes round in circles: the address is forwarded to itself, or too often.",
        "4.7" => "The message could not be delivered in the time that it may take.",
        "6.1" or "6.3" => "The mail server of this address cannot handle messages of this kind.",
        "6.7" or "6.8" or "6.9" or "6.10" => "The mail server of this address cannot handle international characters in addresses or in the header.",
        _ when recipient.Status.IsOwnRule => "The message was stopped by a rule of this mail system, or by its operator.",
        _ when recipient.Status.Code.AsSpan(2).StartsWith("7.") => "The message was refused by a rule of the recipient's side.",
        _ when recipient.Status.Code.AsSpan(2).StartsWith("6.") => "The contents of the message were not accepted.",
        _ when recipient.Kind == ReportKind.Delayed => "The message could not be delivered yet.",
        _ => "The message could not be delivered.",
    };
}
