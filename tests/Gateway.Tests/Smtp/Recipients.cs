namespace Orleans.Mail.Gateway.Tests.Smtp;

internal static class Recipients
{
    /// <summary>A recipient with one mailbox.</summary>
    public static Recipient Mailbox(string address, string id) =>
        new(address, [new Target { Kind = TargetKind.Mailbox, Address = address, Id = id }]);
}
