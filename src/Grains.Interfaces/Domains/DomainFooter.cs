namespace Orleans.Mail;

/// <summary>A footer of a domain: the text of a file as it was when the command was given.</summary>
/// <param name="File">The file's name as the operator gave it; empty = no footer.</param>
/// <param name="Text">What stood in it.</param>
[GenerateSerializer, Immutable, Alias("mail.DomainFooter")]
public sealed record DomainFooter(
    [property: Id(0)] string File,
    [property: Id(1)] string Text)
{
    public static readonly DomainFooter None = new("", "");

    public bool IsNone => File.Length == 0;
}

/// <summary>SHOWFOOTER: which footers of a domain are put on mail. The manual's values.</summary>
[GenerateSerializer, Alias("mail.FooterChoice")]
public enum FooterChoice
{
    /// <summary>Left out: those that have a file.</summary>
    Given = 0,
    Incoming = 1,
    Outgoing = 2,
    Both = 3,
}
