using Orleans.Mail.Gateway.Health;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Silo;

return HealthProbe.IsAskedFor(args) ? await HealthProbe.RunAsync(args, Console.Error) : await MailProcess.RunAsync(() => MailServer.Build(args));
