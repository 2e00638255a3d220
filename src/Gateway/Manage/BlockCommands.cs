using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>BLOCK LIST and BLOCK DEL.</summary>
public sealed class BlockCommands(IGrainFactory grains)
{
    private ITimedListGrain Blocks => grains.GetGrain<ITimedListGrain>(ITimedListGrain.Blocks);

    public Task<ManageStatus> ListAsync(CommandContext context) =>
        ClusterListing.WriteTimedAsync(context, Blocks, static entry => $"{entry.Subject}\t{QueueLine.Date(entry.Until)}\t{entry.Reason}");

    public Task<ManageStatus> DeleteAsync(CommandContext context) =>
        context.Request.Find(ManageKeys.BlockIp) is { } text && AddressPrefix.TryParse(text, out var prefix)
            ? DeleteAddressesAsync(context, prefix)
            : DeleteAccountAsync(context, context.Request[ManageKeys.BlockAccount]);

    private async Task<ManageStatus> DeleteAddressesAsync(CommandContext context, AddressPrefix given)
    {
        // One address of IPv6 stands for the /64 that is blocked with it, and may be blocked by its /48.
        var wanted = ClientBudgets.PrefixOf(given);

        // It may be blocked at some gateways only: those hear of it. And the block of its /48 may be on its way to the list.
        long count = ClientBudgets.IsOneClient(wanted) && await RemoveAsync(wanted.ToString()) ? 1 : 0;
        await foreach (var page in TimedPages.ReadAsync(Blocks))
        {
            foreach (var entry in page.Where(entry => AddressPrefix.TryParse(entry.Subject, out var blocked) && (wanted.Contains(blocked) || blocked.Contains(wanted))))
            {
                if (await RemoveAsync(entry.Subject))
                    count++;
            }
        }

        return count == 0
            ? context.Request.Status(ManageEnding.NotFound, ManageTexts.NotBlocked(given.ToString()))
            : context.Request.Done(ManageTexts.DeletedMany(count));
    }

    // Forgiven first: else a failure in between would block it again.
    private async Task<bool> RemoveAsync(string prefix)
    {
        await grains.BudgetOf(prefix).ForgiveAsync();
        return await Blocks.RemoveAsync(prefix);
    }

    private async Task<ManageStatus> DeleteAccountAsync(CommandContext context, string text)
    {
        var account = MailAddress.TryParse(text, out var address) ? address.Key : text;
        await grains.GetGrain<IAccountBudgetGrain>(account).ForgiveAsync();
        return await Blocks.RemoveAsync(account)
            ? context.Request.Done(ManageTexts.DeletedMany(1))
            : context.Request.Status(ManageEnding.NotFound, ManageTexts.NotBlocked(account));
    }
}
