namespace Orleans.Mail.Gateway.Hosting;

/// <summary>Says on a connection which listener took it.</summary>
/// <param name="Port">The listener.</param>
/// <param name="IsImplicitTls">It speaks TLS from the first octet on.</param>
public sealed record ListenerFeature(MailPort Port, bool IsImplicitTls = false);
