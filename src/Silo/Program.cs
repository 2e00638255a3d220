using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Silo;

return await MailProcess.RunAsync(args, static arguments => MailServer.Build(arguments));
