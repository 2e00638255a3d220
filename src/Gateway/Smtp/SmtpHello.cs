namespace Orleans.Mail.Gateway.Smtp;

/// <summary>How the client introduced itself.</summary>
/// <param name="Name">The name it gave.</param>
/// <param name="Extended">By EHLO: it may use the extensions.</param>
internal sealed record SmtpHello(string Name, bool Extended);
