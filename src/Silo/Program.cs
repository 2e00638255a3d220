using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Health;
using Orleans.Mail.Silo;

if (HealthProbe.IsAskedFor(args))
    return await HealthProbe.RunAsync(args, Console.Error);

try
{
    await using var server = MailServer.Build(args);
    await server.StartAsync();
    Console.WriteLine(server.ReadyLine());
    await server.WaitForShutdownAsync();
    return 0;
}
catch (Exception exception) when (exception is ParameterException or IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
