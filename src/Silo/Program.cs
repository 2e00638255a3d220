using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Silo;

return await MailProcess.RunAsync(() => MailServer.Build(args));
