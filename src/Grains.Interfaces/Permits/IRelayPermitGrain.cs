using System.Net;

namespace Orleans.Mail;

/// <summary>
/// POP before SMTP: whether an address may relay because somebody logged in from it a while ago. Key: the address, or for
/// IPv6 its /64 (<see cref="RelayPermits.PermitOf"/>). It is durable: the death of a process takes no permit away.
/// </summary>
[Alias("mail.IRelayPermitGrain")]
public interface IRelayPermitGrain : IGrainWithStringKey
{
    /// <summary>Permits relaying for so long from now on, if it is not permitted for longer already.</summary>
    [Alias("Grant"), ResponseTimeout("00:00:05")]
    Task GrantAsync(TimeSpan span);

    /// <summary>Whether relaying is permitted now.</summary>
    [Alias("Holds"), ResponseTimeout("00:00:05")]
    Task<bool> HoldsAsync();
}

public static class RelayPermits
{
    // A host of IPv6 changes its address within its /64 as it likes (RFC 8981).
    private const int LengthOfV6 = 64;

    /// <summary>The permit of a client's address.</summary>
    public static IRelayPermitGrain PermitOf(this IGrainFactory grains, IPAddress address) =>
        grains.GetGrain<IRelayPermitGrain>(AddressPrefix.Of(address, lengthOfV6: LengthOfV6).ToString());
}
