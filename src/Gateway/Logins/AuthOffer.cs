using System.Net;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Protocols.Sasl;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>The SASL mechanisms that a client may use on its connection as it is now.</summary>
/// <param name="Mechanisms">The best first.</param>
public sealed record AuthOffer(IReadOnlyList<SaslMechanism> Mechanisms)
{
    public static readonly AuthOffer None = new([]);

    /// <summary>Their names, parted by spaces.</summary>
    public string Names { get; } = string.Join(' ', Mechanisms.Select(SaslMechanisms.NameOf));

    public bool IsEmpty => Mechanisms.Count == 0;

    /// <summary>One of them binds to the TLS session.</summary>
    public bool HasBinding { get; } = Mechanisms.Contains(SaslMechanism.ScramSha256Plus);
}

/// <summary>
/// Decides which mechanisms a connection is offered: none where a listener could hear them, and binding to TLS only where
/// there is TLS. There are three offers in all, so that what is made from them can be kept.
/// </summary>
public sealed class AuthOffers(LoginOptions options, Perimeter perimeter)
{
    private readonly AuthOffer bound = new(options.Mechanisms);
    private readonly AuthOffer unbound = new([.. options.Mechanisms.Where(each => each != SaslMechanism.ScramSha256Plus)]);

    public AuthOffer OfferTo(ClientConnection connection) =>
        connection.Tls is { } tls ? tls.EndPointBinding.IsEmpty ? unbound : bound
        : options.AllowPlaintext || IsPrivate(connection) ? unbound
        : AuthOffer.None;

    /// <summary>Whether nobody can listen to the client: TLS is on, or it is on this machine.</summary>
    public bool IsPrivate(ClientConnection connection) => connection.Tls is not null || IsLocal(connection.RemoteAddress);

    // Behind a proxy of this machine that does not say for whom it speaks may be anybody.
    private bool IsLocal(IPAddress client) => IPAddress.IsLoopback(client) && !perimeter.IsProxy(client);
}
