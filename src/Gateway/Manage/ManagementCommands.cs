using System.Collections.Frozen;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>Which method runs which command of <see cref="ManageTable"/>; those that change the session itself are not here.</summary>
public sealed class ManagementCommands(
    UserCommands users,
    DomainCommands domains,
    AliasCommands aliases,
    ListCommands lists,
    MemberCommands members,
    DenyCommands denied,
    QueueCommands queue,
    TraceCommands traces,
    DnsCommands dns,
    ConnectionCommands sessions,
    StatusCommands status,
    ConfigurationCommands configuration,
    StoreCommands store,
    BlockCommands blocks,
    ProtocolTraceCommands protocolTraces)
{
    private readonly FrozenDictionary<ManageCommand, Func<CommandContext, Task<ManageStatus>>> handlers =
        new Dictionary<ManageCommand, Func<CommandContext, Task<ManageStatus>>>
        {
            [ManageTable.UserAdd] = users.AddAsync,
            [ManageTable.UserModify] = users.ModifyAsync,
            [ManageTable.UserList] = users.ListAsync,
            [ManageTable.UserDelete] = users.DeleteAsync,
            [ManageTable.DomainAdd] = domains.AddAsync,
            [ManageTable.DomainModify] = domains.ModifyAsync,
            [ManageTable.DomainList] = domains.ListAsync,
            [ManageTable.DomainDelete] = domains.DeleteAsync,
            [ManageTable.AliasAdd] = aliases.AddAsync,
            [ManageTable.AliasModify] = aliases.ModifyAsync,
            [ManageTable.AliasList] = aliases.ListAsync,
            [ManageTable.AliasDelete] = aliases.DeleteAsync,
            [ManageTable.ListAdd] = lists.AddAsync,
            [ManageTable.ListModify] = lists.ModifyAsync,
            [ManageTable.ListList] = lists.ListAsync,
            [ManageTable.ListDelete] = lists.DeleteAsync,
            [ManageTable.MemberAdd] = members.AddAsync,
            [ManageTable.MemberModify] = members.ModifyAsync,
            [ManageTable.MemberListing] = members.ListAsync,
            [ManageTable.MemberDelete] = members.DeleteAsync,
            [ManageTable.DenyAdd] = denied.AddAsync,
            [ManageTable.DenyList] = denied.ListAsync,
            [ManageTable.DenyDelete] = denied.DeleteAsync,
            [ManageTable.QueueShow] = queue.ShowAsync,
            [ManageTable.QueueResend] = queue.ResendAsync,
            [ManageTable.QueueHold] = queue.HoldAsync,
            [ManageTable.QueueRelease] = queue.ReleaseAsync,
            [ManageTable.QueueDelete] = queue.DeleteAsync,
            [ManageTable.MessageTrace] = traces.ShowAsync,
            [ManageTable.DnsCacheShow] = dns.ShowAsync,
            [ManageTable.DnsCacheFlush] = dns.FlushAsync,
            [ManageTable.DnsResolve] = dns.ResolveAsync,
            [ManageTable.ConnectionsSmtp] = sessions.ShowSmtpAsync,
            [ManageTable.ConnectionsPop3] = sessions.ShowPop3Async,
            [ManageTable.Status] = status.ShowAsync,
            [ManageTable.Configuration] = configuration.ShowAsync,
            [ManageTable.StoreSweep] = store.SweepAsync,
            [ManageTable.BlockList] = blocks.ListAsync,
            [ManageTable.BlockDelete] = blocks.DeleteAsync,
            [ManageTable.TraceAdd] = protocolTraces.AddAsync,
            [ManageTable.TraceDelete] = protocolTraces.DeleteAsync,
            [ManageTable.TraceList] = protocolTraces.ListAsync,
            [ManageTable.Help] = HelpAsync,
        }.ToFrozenDictionary();

    /// <summary>The method of a command.</summary>
    public Func<CommandContext, Task<ManageStatus>> Find(ManageCommand command) => handlers[command];

    private static Task<ManageStatus> HelpAsync(CommandContext context)
    {
        var request = context.Request;
        var lines = request.Words.Count == 0 ? ManageHelp.All : ManageHelp.Of(request.Words[0]);
        var any = false;
        foreach (var line in lines)
        {
            context.WriteLine(line);
            any = true;
        }

        return Task.FromResult(any
            ? request.Done(ManageTexts.End)
            : request.Status(ManageEnding.UnknownCommand, ManageTexts.UnknownCommand(request.Words[0])));
    }
}
