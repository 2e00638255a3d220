using Orleans.Mail.Tools;

return await Smtpd.RunAsync(args, Console.Out, Console.Error);
