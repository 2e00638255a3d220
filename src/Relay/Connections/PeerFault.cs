using Orleans.Mail.Protocols.Smtp.Client;

namespace Orleans.Mail.Relay.Connections;

/// <summary>How a connection became useless.</summary>
internal enum PeerFaultKind
{
    /// <summary>It could not be made, was cut, or an octet could not be sent.</summary>
    Lost = 0,

    /// <summary>The peer said nothing, or took nothing, for the whole time-out.</summary>
    Silent,

    /// <summary>What the peer says is no SMTP, or not where it belongs.</summary>
    Garbled,

    /// <summary>The peer closes the connection with a 421.</summary>
    Closing,

    /// <summary>TLS could not be agreed on.</summary>
    Tls,
}

/// <summary>A connection is of no more use. <see cref="Exception.Message"/> is the status, its enhanced code first.</summary>
internal sealed class PeerFault(PeerFaultKind kind, ClientStep step, string status, Exception? cause = null) : IOException(status, cause)
{
    public PeerFaultKind Kind { get; } = kind;

    /// <summary>What was waited for.</summary>
    public ClientStep Step { get; } = step;

    public static PeerFault Lost(ClientStep step, Exception? cause) => new(
        PeerFaultKind.Lost,
        step,
        step == ClientStep.Connect ? $"4.4.1 no connection: {cause?.Message}" : $"4.4.2 the connection was lost before the answer to {step.Name()}",
        cause);

    public static PeerFault Silent(ClientStep step, TimeSpan limit) => new(
        PeerFaultKind.Silent,
        step,
        step == ClientStep.Connect ? $"4.4.1 no connection in {limit.TotalSeconds:0} s" : $"4.4.2 no answer to {step.Name()} in {limit.TotalSeconds:0} s");

    public static PeerFault Garbled(ClientStep step) =>
        new(PeerFaultKind.Garbled, step, $"4.5.0 the answer to {step.Name()} is no SMTP");

    public static PeerFault OutOfOrder(ClientStep step, PeerReply reply) =>
        new(PeerFaultKind.Garbled, step, $"4.5.0 {step.Name()} was answered by {reply}");

    public static PeerFault Closing(ClientStep step, PeerReply reply) => new(PeerFaultKind.Closing, step, reply.Status(4));
}
