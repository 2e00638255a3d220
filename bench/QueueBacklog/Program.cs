using System.CommandLine;
using Orleans.Mail.QueueBacklog;

var path = new Option<string>("--path") { Description = "the folder of the store, which no server may have open", DefaultValueFactory = static _ => "./data" };
var entries = new Option<int>("--entries") { Description = "entries in all", DefaultValueFactory = static _ => 1_000_000 };
var destinations = new Option<int>("--destinations") { Description = "domains that they go to", DefaultValueFactory = static _ => 50_000 };
var dead = new Option<int>("--dead") { Description = "percent of the domains that are <n>.<dead-domain>", DefaultValueFactory = static _ => 90 };
var deadDomain = new Option<string>("--dead-domain") { Description = "above the dead domains", DefaultValueFactory = static _ => "dead.test" };
var liveDomain = new Option<string>("--live-domain") { Description = "above the others, whose entries have bodies", DefaultValueFactory = static _ => "live.test" };
var past = new Option<double>("--past") { Description = "hours from which on they are due", DefaultValueFactory = static _ => 1 };
var future = new Option<double>("--future") { Description = "hours until which they are due", DefaultValueFactory = static _ => 4 };

var root = new RootCommand("Fills a store with a backlog of mail for other hosts that has failed before.")
{
    path, entries, destinations, dead, deadDomain, liveDomain, past, future,
};
root.SetAction((line, cancellation) => Backlog.FillAsync(
    new BacklogOptions
    {
        Path = line.GetRequiredValue(path),
        Entries = line.GetRequiredValue(entries),
        Destinations = line.GetRequiredValue(destinations),
        DeadPercent = line.GetRequiredValue(dead),
        DeadDomain = line.GetRequiredValue(deadDomain),
        LiveDomain = line.GetRequiredValue(liveDomain),
        Past = TimeSpan.FromHours(line.GetRequiredValue(past)),
        Future = TimeSpan.FromHours(line.GetRequiredValue(future)),
    },
    cancellation));
return await root.Parse(args).InvokeAsync();
