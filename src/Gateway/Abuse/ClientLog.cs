namespace Orleans.Mail.Gateway.Abuse;

/// <summary>What the log is told of clients by every protocol in the same form.</summary>
/// <param name="Refusals">What was refused.</param>
/// <param name="Trace">What was said.</param>
public sealed record ClientLog(Refusals Refusals, ProtocolTrace Trace);
