using Microsoft.Extensions.Logging;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>MSG TRACE: what the gateway that took a message remembers of it, and what the queue knows of its recipients.</summary>
public sealed partial class TraceCommands(IGrainFactory grains, TimeProvider time, ILogger<TraceCommands> logger)
{
    private const int PageSize = 500;

    private IQueueManagementGrain Queue => grains.GetGrain<IQueueManagementGrain>(0);

    public async Task<ManageStatus> ShowAsync(CommandContext context)
    {
        var id = context.FindMessage()!.Value;
        var known = new HashSet<(TargetKind, string)>();
        var (process, message) = await FindAcceptedAsync(id);
        if (message is not null)
        {
            context.WriteLine($"accepted\t{QueueLine.Date(message.Accepted)}\t{QueueLine.Sender(message.Sender)}\t{message.Client}\t{process}");
            foreach (var recipient in message.Recipients)
                await WriteRecipientAsync(context, id, recipient, known);
        }

        // Beside them a list's members, and all when no gateway remembers the message.
        var filter = new QueueFilter { Id = id };
        for (string? after = ""; after is not null;)
        {
            var page = await Queue.ListAsync(filter, after, PageSize);
            foreach (var entry in page.Entries.Where(entry => known.Add(entry.Target.Identity)))
                WriteEntry(context, entry.Recipient, entry);
            after = page.Next;
            await context.FlushAsync();
        }

        return message is null && known.Count == 0
            ? context.Request.Status(ManageEnding.NotFound, ManageTexts.NoMessage(id.ToString()))
            : context.Request.Done(ManageTexts.Listed(known.Count));
    }

    private async Task WriteRecipientAsync(CommandContext context, MessageId id, Recipient recipient, HashSet<(TargetKind, string)> known)
    {
        foreach (var target in recipient.Targets.Where(target => known.Add(target.Identity)))
        {
            if (await Queue.FindAsync(id, target) is { } entry)
                WriteEntry(context, recipient.Address, entry);
            else
                Write(context, recipient.Address, target, target.Kind == TargetKind.Mailbox ? "in the mailbox" : "finished more than 15 minutes ago");
        }

        await context.FlushAsync();
    }

    private static void WriteEntry(CommandContext context, string recipient, QueueEntry entry)
    {
        var state = entry switch
        {
            { Finished: true } => $"finished: {entry.Status}",
            { Held: true } => "held",
            { Report: not ReportKind.None } => "its report to the sender is next",
            { Attempts: 0 } => "waits for its first attempt",
            _ => $"waits until {QueueLine.Date(entry.NextAttempt > entry.Due ? entry.NextAttempt : entry.Due)}: {entry.Status}",
        };
        Write(context, recipient, entry.Target, state);
        foreach (var attempt in entry.History)
            context.WriteLine($"attempt\t{QueueLine.Date(attempt.At)}\t{QueueLine.Field(entry.Target.Address)}\t{QueueLine.Field(attempt.Host)}\t{QueueLine.Field(attempt.Status)}");
    }

    private static void Write(CommandContext context, string recipient, Target target, string state) =>
        context.WriteLine($"recipient\t{QueueLine.Field(recipient)}\t{KindOf(target)}\t{QueueLine.Field(target.Address)}\t{QueueLine.Field(state)}");

    private static string KindOf(Target target) => target.Kind switch
    {
        TargetKind.Mailbox => "mailbox",
        TargetKind.Remote => "remote",
        TargetKind.Pipe => "program",
        TargetKind.List => "list",
        _ => "list bounce",
    };

    /// <summary>Asks all gateways at once. One that does not answer is passed over: what the queue knows is shown all the same.</summary>
    private async Task<(string Process, AcceptedMessage? Message)> FindAcceptedAsync(MessageId id)
    {
        var processes = await grains.GetGrain<IClusterGrain>(IClusterGrain.TheKey).StatusAsync();
        var answers = await Task.WhenAll(processes.Where(process => process.Gateway is not null).Select(AskAsync));
        return Array.Find(answers, answer => answer.Message is not null);

        async Task<(string Process, AcceptedMessage? Message)> AskAsync(ProcessReport gateway)
        {
            try
            {
                return (gateway.Process, await gateway.Gateway!.FindMessageAsync(id).WaitAsync(ConnectionCommands.Limit, time));
            }
            catch (Exception exception)
            {
                LogSilent(exception, gateway.Process);
                return (gateway.Process, null);
            }
        }
    }

    [LoggerMessage(351, LogLevel.Warning, "the gateway {Process} does not say which messages it took")]
    private partial void LogSilent(Exception exception, string process);
}
