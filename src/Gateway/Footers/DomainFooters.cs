namespace Orleans.Mail.Gateway.Footers;

/// <summary>Which footers the settings of a domain mean.</summary>
public static class DomainFooters
{
    /// <summary>SHOWFOOTER as it works: left out, it means the footers that have a file.</summary>
    public static FooterChoice Shown(this DomainSettings domain) => domain.ShowFooter != FooterChoice.Given
        ? domain.ShowFooter
        : (domain.IncomingFooter.IsNone ? FooterChoice.Given : FooterChoice.Incoming) | (domain.OutgoingFooter.IsNone ? FooterChoice.Given : FooterChoice.Outgoing);

    /// <summary>The footer for mail that is delivered to the domain's mailboxes; null = none.</summary>
    public static DomainFooter? Incoming(this DomainSettings domain) =>
        !domain.IncomingFooter.IsNone && domain.Shown() is (FooterChoice.Incoming or FooterChoice.Both) ? domain.IncomingFooter : null;

    /// <summary>The footer for mail that the domain's mailboxes send; null = none.</summary>
    public static DomainFooter? Outgoing(this DomainSettings domain) =>
        !domain.OutgoingFooter.IsNone && domain.Shown() is (FooterChoice.Outgoing or FooterChoice.Both) ? domain.OutgoingFooter : null;
}
