using System.Net;
using Microsoft.Extensions.Hosting;
using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>
/// Refuses to start when the management port can be reached from outside while its password is the initial one. Register
/// it after the cluster client and before the endpoints.
/// </summary>
public sealed class ManagementGuard(ManagementOptions options, ManagementAccess access) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IPAddress.IsLoopback(options.Bind) && await access.IsInitialAsync())
        {
            throw new ParameterException(
                "Management:Bind",
                options.Bind.ToString(),
                $"a loopback address while the management password is still '{ManagementAccess.InitialPassword}'; change it with PASSWD");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
