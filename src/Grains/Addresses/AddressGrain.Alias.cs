namespace Orleans.Mail.Grains;

/// <summary>The alias face.</summary>
internal sealed partial class AddressGrain
{
    async Task<NameResult> IAliasGrain.CreateAsync(AliasTarget target)
    {
        using (await writers.EnterAsync())
        {
            if (await BeginWritingAsync() is not null)
                return Taken();
            if (!await DomainStandsAsync())
                return Absent(NameOutcome.NoDomain);
            if (await row.WriteAsync(new AliasRow(target)))
                return await KeepIfDomainStandsAsync();
            await row.ReadAsync();
            return Taken();
        }
    }

    async Task<AliasTarget?> IAliasGrain.ReadAsync() => (await ReadAsync<AliasRow>(TimeSpan.Zero))?.Target;

    async Task<NameResult> IAliasGrain.ChangeAsync(AliasTarget target)
    {
        using (await writers.EnterAsync())
        {
            while (await BeginWritingAsync() is AliasRow)
            {
                if (await row.WriteAsync(new AliasRow(target)))
                    return new NameResult(NameOutcome.Done);
            }

            return Absent(NameOutcome.NotFound);
        }
    }

    async Task<NameResult> IAliasGrain.DeleteAsync()
    {
        using (await writers.EnterAsync())
            return await DeleteAsync<AliasRow>();
    }
}
