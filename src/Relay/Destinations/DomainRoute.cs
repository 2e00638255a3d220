using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay;

/// <summary>What this process knows of a domain for a few seconds.</summary>
/// <param name="Domain">The domain; empty for the smart host, whose health no grain keeps.</param>
/// <param name="Answer">What DNS says, and how the cluster fared with the domain's hosts.</param>
/// <param name="Plan">The hosts; null when mail can't go there.</param>
/// <param name="Instead">What who wants to send is told, when there is no plan.</param>
/// <param name="Expires">When it is asked for again, as a time stamp.</param>
/// <param name="Told">The failure of the destination that the grain had been told of when the answer was asked for; 0 = none.</param>
internal sealed record DomainRoute(string Domain, MxAnswer Answer, RoutePlan? Plan, RelayEntrance? Instead, long Expires, long Told)
{
    /// <summary>A grain keeps the health of the domain's hosts for the whole cluster.</summary>
    public bool IsShared => Domain.Length > 0;
}
