using System.CommandLine;

// smtpd (manual, "Starting and stopping eXtremail"): the other commands come with the tools' issue.
var version = new Command("version", "Says which version this is");
version.SetAction(result => result.InvocationConfiguration.Output.WriteLine(
    $"eXtremail V1.1 release 10 (Orleans.Mail V{typeof(Program).Assembly.GetName().Version!.ToString(3)})"));

return new RootCommand("Manages an Orleans.Mail server") { version }.Parse(args).Invoke();
