using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.LargeDomain;
using Orleans.Mail.Storage;
using Orleans.Mail.Storage.Azure;

var domain = new Option<string>("--domain") { Description = "the domain", DefaultValueFactory = static _ => "large.test" };
var first = new Option<int>("--first-user") { Description = "the first of them", DefaultValueFactory = static _ => 0 };
var users = new Option<int>("--users") { Description = "users u0, u1, ... of the domain", DefaultValueFactory = static _ => 200_000 };
var silos = new Option<int[]>("--silos") { Description = "how many silos; several are measured one after another", DefaultValueFactory = static _ => [1, 3], AllowMultipleArgumentsPerToken = true };
var messages = new Option<int>("--messages") { Description = "messages of each pass, to u0, u1, ... in turn", DefaultValueFactory = static _ => 200_000 };
var account = new Option<string>("--connection") { Description = "the connection string of the storage account", Required = true };
var password = new Option<string>("--password") { Description = "of all users", DefaultValueFactory = static _ => "secret" };

var calls = new Command("calls", "Counts the grain calls of mail to a large domain: in one process, over a fresh embedded store.") { domain, users, silos, messages };
calls.SetAction(async (line, cancellation) =>
{
    var options = new LargeDomainOptions(line.GetRequiredValue(domain), line.GetRequiredValue(users), line.GetRequiredValue(messages));
    foreach (var count in line.GetRequiredValue(silos))
        await LargeDomainRun.MeasureAsync(options, count, Console.Out, cancellation);
    return 0;
});

var seed = new Command("seed", "Adds users to a domain that is there, in a storage account and as rows: faster than by commands.") { domain, first, users, account, password };
seed.SetAction(async (line, cancellation) =>
{
    await using var services = new ServiceCollection()
        .AddAzureStore(azure => (azure.ConnectionString, azure.NetworkTimeout) = (line.GetRequiredValue(account), TimeSpan.FromSeconds(30)))
        .BuildServiceProvider();
    await UserRows.AddAsync(
        services.GetRequiredService<IRowStore>(), line.GetRequiredValue(domain), line.GetRequiredValue(first), line.GetRequiredValue(users), line.GetRequiredValue(password), cancellation);
    return 0;
});

return await new RootCommand("Measures a domain with many users, and makes one.") { calls, seed }.Parse(args).InvokeAsync();
