using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Tls;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>What an operator should change, for STATUS and for the log at start.</summary>
public sealed class OperatorWarnings(IGrainFactory grains, ManagementAccess access, GatewayOptions gateway, ServerCertificates certificates)
{
    public async IAsyncEnumerable<string> FindAsync()
    {
        if (await access.IsInitialAsync())
            yield return "the management password is still the initial one: change it with PASSWD";
        if (!gateway.HostName.Contains('.', StringComparison.Ordinal))
            yield return $"the host name '{gateway.HostName}' has no dot: set Gateway:HostName";
        foreach (var warning in certificates.Warnings())
            yield return warning;
        if ((await grains.GetGrain<IQueueManagementGrain>(0).ReadStatusAsync()).Held is > 0 and var held)
            yield return $"{held} entries of the queue are held: by an operator, or since an account is over Queue:DailyCap; see QUEUE SHOW ALL";
        if (!await HasPostmasterAsync())
            yield return "mail for postmaster is refused where there is no such name: set CFG_POSTMASTER to an address that takes mail";
    }

    private async Task<bool> HasPostmasterAsync()
    {
        var request = new RouteRequest("postmaster", Sender: "", Size: 0, MayRelay: false);
        return (await grains.GetGrain<ISubmissionGrain>(0).RouteAsync(request)).Verdict == RouteVerdict.Accepted;
    }
}
