using Orleans.Mail.Gateway;
using Orleans.Mail.Gateway.Hosting;

return await MailProcess.RunAsync(() => GatewayServer.Build(args));
