using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Deny;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Gateway.Footers;
using Orleans.Mail.Gateway.Health;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Gateway.Manage;
using Orleans.Mail.Gateway.Pop3;
using Orleans.Mail.Gateway.Relaying;
using Orleans.Mail.Gateway.Smtp;
using Orleans.Mail.Gateway.Tls;

namespace Orleans.Mail.Gateway;

public static class MailGatewayExtensions
{
    /// <summary>Adds the SMTP, POP3 and management servers to a host that has an <see cref="IGrainFactory"/> and a store.</summary>
    public static WebApplicationBuilder AddMailGateway(this WebApplicationBuilder builder, Parameters parameters)
    {
        var services = builder.Services;
        var gateway = GatewayOptions.From(parameters, builder.Environment.IsDevelopment());
        var smtp = SmtpOptions.From(parameters);
        var pop3 = Pop3Options.From(parameters);
        var management = ManagementOptions.From(parameters);
        var tls = TlsOptions.From(parameters, gateway.HostName, builder.Environment.IsDevelopment());
        tls.Require("PORT_SUBMISSIONS", smtp.SubmissionsPort is not null);
        tls.Require("PORT_POP3S", pop3.TlsPort is not null);
        tls.Require("Pop3:RequireTls", pop3.RequireTls);
        tls.Require("Management:Tls", management.Tls);
        var endpoints = new GatewayEndpoints();

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ProcessName>();
        services.TryAddSingleton(ClusterSettings.From(parameters));
        services.AddSingleton(gateway).AddSingleton(endpoints).AddSingleton(LimitOptions.From(parameters));
        services.AddSingleton(FooterOptions.From(parameters, builder.Environment.IsDevelopment())).AddSingleton<FooterFiles>();
        services.AddSingleton<DomainDirectory>().AddSingleton<GatewayCounters>().AddSingleton<RecentMessages>().AddSingleton<GatewayReadiness>();
        services.AddAbuseProtection(RateOptions.From(parameters));
        services.AddPerimeter(RelayOptions.From(parameters, gateway)).AddSingleton<GatewayObserver>();
        services.AddSingletonHosted<ClientConnections>().AddSingletonHosted<ClusterLink>().AddReadinessCheck<ClusterLink>();
        services.AddSingleton(tls).AddSingleton<ServerCertificates>().AddHostedService<CertificateUpkeep>();
        services.AddLogins(LoginOptions.From(parameters)).AddSmtp(smtp).AddPop3(pop3).AddManagement(management);

        // One listen backlog serves Kestrel's sockets: the largest of the three wins.
        services.Configure<SocketTransportOptions>(transport => transport.Backlog = Math.Max(Math.Max(smtp.Backlog, pop3.Backlog), management.Backlog));
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.Listen<SmtpConnectionHandler>(endpoints, new(MailPort.Smtp), gateway.Bind, smtp.Port);
            kestrel.Listen<Pop3ConnectionHandler>(endpoints, new(MailPort.Pop3), gateway.Bind, pop3.Port);
            kestrel.Listen<ManagementConnectionHandler>(endpoints, new(MailPort.Management, management.Tls), management.Bind, management.Port);
            kestrel.Listen<SmtpConnectionHandler>(endpoints, new(MailPort.Submission), gateway.Bind, smtp.SubmissionPort);
            kestrel.Listen<SmtpConnectionHandler>(endpoints, new(MailPort.Submissions, IsImplicitTls: true), gateway.Bind, smtp.SubmissionsPort);
            kestrel.Listen<Pop3ConnectionHandler>(endpoints, new(MailPort.Pop3s, IsImplicitTls: true), gateway.Bind, pop3.TlsPort);
        });
        return builder;
    }

    private static IServiceCollection AddPerimeter(this IServiceCollection services, RelayOptions options) =>
        services.AddSingleton(options).AddSingleton<DenyDirectory>().AddSingleton<RelayRules>().AddSingleton<Perimeter>();

    private static IServiceCollection AddAbuseProtection(this IServiceCollection services, RateOptions options) => services
        .AddSingleton(options).AddSingleton<ClientRates>().AddSingleton<BlockDirectory>().AddSingleton<LoginGuard>()
        .AddSingleton<TraceDirectory>().AddSingleton<ProtocolTrace>().AddSingleton<Refusals>().AddSingleton<ClientLog>();

    private static IServiceCollection AddSmtp(this IServiceCollection services, SmtpOptions options) =>
        services.AddSingleton(options).AddSingleton<SmtpMetrics>().AddSingleton<SmtpConnectionHandler>();

    private static IServiceCollection AddPop3(this IServiceCollection services, Pop3Options options) =>
        services.AddSingleton(options).AddSingleton<Pop3Metrics>().AddSingleton<Pop3ConnectionHandler>().AddSingletonHosted<OpenMailboxes>();

    private static IServiceCollection AddLogins(this IServiceCollection services, LoginOptions options) =>
        services.AddSingleton(options).AddSingleton<LoginMetrics>().AddSingleton<ScramKeys>().AddSingleton<LoginService>();

    private static void Listen<THandler>(this KestrelServerOptions kestrel, GatewayEndpoints endpoints, ListenerFeature feature, IPAddress address, int? number)
        where THandler : ConnectionHandler
    {
        if (number is not { } port)
            return;

        void Configure(ListenOptions listener)
        {
            endpoints.Add(feature.Port.ToString().ToLowerInvariant(), listener);
            listener.Use(next => connection =>
            {
                connection.Features.Set(feature);
                return next(connection);
            });
            listener.UseConnectionHandler<THandler>();
        }

        // Any means both families, on one socket.
        if (address.Equals(IPAddress.Any))
            kestrel.ListenAnyIP(port, Configure);
        else
            kestrel.Listen(address, port, Configure);
    }

    private static IServiceCollection AddSingletonHosted<T>(this IServiceCollection services)
        where T : class, IHostedService =>
        services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());
}
