namespace Orleans.Mail.Gateway.Hosting;

/// <summary>Says on a connection which listener took it.</summary>
/// <param name="Port">The listener.</param>
public sealed record ListenerFeature(MailPort Port);
