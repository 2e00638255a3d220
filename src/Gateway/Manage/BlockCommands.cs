using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>BLOCK LIST and BLOCK DEL.</summary>
public sealed class BlockCommands(IGrainFactory grains)
{
    private ITimedListGrain Blocks => grains.GetGrain<ITimedListGrain>(ITimedListGrain.Blocks);

    public async Task<ManageStatus> ListAsync(CommandContext context)
    {
        long count = 0;
        await foreach (var page in TimedPages.ReadAsync(Blocks))
        {
            foreach (var entry in page)
                context.WriteLine($"{entry.Subject}\t{QueueLine.Date(entry.Until)}\t{entry.Reason}");
            count += page.Count;
            await context.FlushAsync();
        }

        return context.Request.Done(ManageTexts.Listed(count));
    }

    public Task<ManageStatus> DeleteAsync(CommandContext context) =>
        context.Request.Find(ManageKeys.BlockIp) is { } text && AddressPrefix.TryParse(text, out var prefix)
            ? DeleteAddressesAsync(context, prefix)
            : DeleteAccountAsync(context, context.Request[ManageKeys.BlockAccount]);

    private async Task<ManageStatus> DeleteAddressesAsync(CommandContext context, AddressPrefix given)
    {
        // One address of IPv6 stands for the /64 that is blocked with it.
        var wanted = ClientBudgets.PrefixOf(given);
        long count = 0;
        await foreach (var page in TimedPages.ReadAsync(Blocks))
        {
            foreach (var entry in page.Where(entry => AddressPrefix.TryParse(entry.Subject, out var blocked) && wanted.Contains(blocked)))
            {
                if (await Blocks.RemoveAsync(entry.Subject))
                    count++;
                await grains.BudgetOf(entry.Subject).ForgiveAsync();
            }
        }

        return count == 0
            ? context.Request.Status(ManageEnding.NotFound, ManageTexts.NotBlocked(given.ToString()))
            : context.Request.Done(ManageTexts.DeletedMany(count));
    }

    private async Task<ManageStatus> DeleteAccountAsync(CommandContext context, string text)
    {
        var account = MailAddress.TryParse(text, out var address) ? address.Key : text;
        var was = await Blocks.RemoveAsync(account);
        if (was)
            await grains.GetGrain<IAccountBudgetGrain>(account).ForgiveAsync();
        return was
            ? context.Request.Done(ManageTexts.DeletedMany(1))
            : context.Request.Status(ManageEnding.NotFound, ManageTexts.NotBlocked(account));
    }
}
