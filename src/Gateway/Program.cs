using Orleans.Mail.Gateway;
using Orleans.Mail.Gateway.Hosting;

return await MailProcess.RunAsync(args, static arguments => GatewayServer.Build(arguments));
