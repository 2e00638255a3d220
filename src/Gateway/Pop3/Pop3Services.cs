using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Gateway.Relaying;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Pop3;

/// <summary>What every session works with.</summary>
internal sealed record Pop3Services(
    Pop3Options Options,
    string HostName,
    RelayRules Relay,
    LoginService Logins,
    LoginOptions LoginOptions,
    AuthOffers Offers,
    IGrainFactory Grains,
    IBodyStore Bodies,
    OpenMailboxes Mailboxes,
    Pop3Metrics Metrics,
    TimeProvider Time,
    ILogger Logger);
