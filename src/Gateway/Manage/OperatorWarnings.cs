using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Smtp;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>What an operator should change, for STATUS and for the log at start.</summary>
public sealed class OperatorWarnings(IGrainFactory grains, ManagementAccess access, GatewayOptions gateway, SmtpOptions smtp)
{
    public async IAsyncEnumerable<string> FindAsync()
    {
        if (await access.IsInitialAsync())
            yield return "the management password is still the initial one: change it with PASSWD";
        if (!gateway.HostName.Contains('.', StringComparison.Ordinal))
            yield return $"the host name '{gateway.HostName}' has no dot: set Gateway:HostName";
        if (smtp.Postmaster is not { } postmaster)
            yield return "mail for postmaster is refused where there is no such user: set CFG_POSTMASTER";
        else if ((await grains.GetGrain<IAddressGrain>(postmaster.Key).ResolveAsync()).Kind == NameKind.None)
            yield return $"CFG_POSTMASTER is {postmaster}, and there is no such user";
    }
}
