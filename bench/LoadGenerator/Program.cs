using System.CommandLine;
using Orleans.Mail.LoadGenerator.Commands;
using Orleans.Mail.LoadGenerator.Connections;

EventLoop.UseOneThread();
var root = new RootCommand("Loads a mail server on this machine and measures what it does.")
{
    SmtpCommand.Create(),
    Pop3Command.Create(),
    IdleCommand.Create(),
    SetupCommand.Create(),
    SinkCommand.Create(),
    TrickleCommand.Create(),
    GuessCommand.Create(),
    TimingCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
