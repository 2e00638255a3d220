using System.Net;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>A client as refusals and logins name it.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Port">The listener that it came in by.</param>
public readonly record struct Caller(IPAddress Address, MailPort Port);
