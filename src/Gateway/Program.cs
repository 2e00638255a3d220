using Orleans.Mail.Gateway;
using Orleans.Mail.Gateway.Health;
using Orleans.Mail.Gateway.Hosting;

return HealthProbe.IsAskedFor(args) ? await HealthProbe.RunAsync(args, Console.Error) : await MailProcess.RunAsync(() => GatewayServer.Build(args));
