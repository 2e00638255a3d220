namespace Orleans.Mail.Grains;

/// <summary>The list face: a list's name, and with it the name of its owners.</summary>
internal sealed partial class AddressGrain
{
    private string OwnerKey => NameRow.Key(local + ListOwnerRow.Suffix);

    private string OwnerAddress => $"{local}{ListOwnerRow.Suffix}@{domain}";

    async Task<NameResult> IListAddressGrain.CreateAsync(ListSettings settings)
    {
        using (await writers.EnterAsync())
        {
            if (await BeginWritingAsync() is not null)
                return Taken();
            if (!await DomainStandsAsync())
                return Absent(NameOutcome.NoDomain);
            var list = new ListRow(Deleting: false, MessageId.New(time).ToString(), settings);
            if (!await row.WriteAsync(list, batch => batch.Insert(OwnerKey, new ListOwnerRow(list.ListId).Encode())))
                return await TakenByOneAsync();
            await Owner().ForgetAsync();
            return await KeepIfDomainStandsAsync();
        }
    }

    async Task<MailingList?> IListAddressGrain.ReadAsync() =>
        await ReadAsync<ListRow>(TimeSpan.Zero) is { } list ? new MailingList(list.ListId, list.Settings) : null;

    async Task<NameResult> IListAddressGrain.ChangeAsync(ListAccess? access, ListMembers? members)
    {
        using (await writers.EnterAsync())
        {
            while (await BeginWritingAsync() is ListRow { Deleting: false } list)
            {
                var settings = new ListSettings(access ?? list.Settings.Access, members ?? list.Settings.Members);
                if (await row.WriteAsync(list with { Settings = settings }))
                    return new NameResult(NameOutcome.Done);
            }

            return Absent(NameOutcome.NotFound);
        }
    }

    async Task<NameResult> IListAddressGrain.DeleteAsync()
    {
        using (await writers.EnterAsync())
            return await DeleteAsync<ListRow>();
    }

    private IAddressWork Owner() => GrainFactory.GetGrain<IAddressWork>(OwnerAddress);

    /// <summary>One of the two names is taken: says which.</summary>
    private async Task<NameResult> TakenByOneAsync()
    {
        if (await row.ReadAsync() is not null)
            return Taken();
        var owner = await rows.ReadAsync(new(NameRow.Partition(domain), OwnerKey));
        Leave();
        return new NameResult(NameOutcome.Exists, owner is null ? NameKind.None : NameRow.KindOf(owner.Value), OwnerAddress);
    }

    private async Task FinishDeletionAsync(ListRow list)
    {
        await GrainFactory.GetGrain<IMailingListGrain>(list.ListId).ClearAsync(forEver: true);
        await RemoveListAsync(list);
        Leave();
    }

    /// <summary>Removes both names of a list in one commit.</summary>
    private async Task RemoveListAsync(ListRow list)
    {
        if (await row.DeleteAsync(batch => batch.Delete(OwnerKey)))
            await Owner().ForgetAsync();
    }
}
