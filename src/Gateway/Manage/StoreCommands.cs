using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>STORE SWEEP.</summary>
public sealed class StoreCommands(IGrainFactory grains)
{
    public async Task<ManageStatus> SweepAsync(CommandContext context)
    {
        var sweep = grains.GetGrain<ISweepGrain>(ISweepGrain.TheKey);
        var progress = new SweepProgress();
        do
        {
            progress = await sweep.SweepAsync(progress);
        }
        while (progress.Cursor is not null);

        context.WriteLine($"Bodies:\t{progress.Bodies}");
        context.WriteLine($"Orphans:\t{progress.Orphans}");
        context.WriteLine($"Deleted:\t{progress.Deleted}");
        context.WriteLine($"Live bytes:\t{progress.LiveBytes}");
        return context.Request.Done(ManageTexts.End);
    }
}
