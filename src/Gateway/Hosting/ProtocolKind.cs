namespace Orleans.Mail.Gateway.Hosting;

/// <summary>The protocols that a gateway speaks.</summary>
public enum ProtocolKind
{
    Smtp = 0,
    Pop3 = 1,
    Management = 2,
}
