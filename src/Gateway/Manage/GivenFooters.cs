using System.Globalization;
using Orleans.Mail.Gateway.Footers;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>The footers that a command gives; null what it does not give.</summary>
internal sealed record GivenFooters(DomainFooter? Incoming, DomainFooter? Outgoing, FooterChoice? Show)
{
    /// <summary>Reads the files that a command names. One that is not allowed is the command's refusal.</summary>
    public static async Task<(GivenFooters Footers, ManageStatus? Refusal)> ReadAsync(ManageRequest request, FooterFiles files)
    {
        var footers = new Dictionary<ManageKey, DomainFooter>();
        foreach (var key in new[] { ManageKeys.InFooter, ManageKeys.OutFooter })
        {
            if (request.Find(key) is not { } name)
                continue;
            if (await files.ReadAsync(name) is not { } footer)
                return (new(null, null, null), request.Status(ManageEnding.BadValue, ManageTexts.BadValue(key.Name, name, files.Allowed)));
            footers[key] = footer;
        }

        FooterChoice? show = request.Find(ManageKeys.ShowFooter) switch
        {
            null => null,
            "" => FooterChoice.Given,
            var value => (FooterChoice)int.Parse(value, CultureInfo.InvariantCulture),
        };
        return (new(footers.GetValueOrDefault(ManageKeys.InFooter), footers.GetValueOrDefault(ManageKeys.OutFooter), show), null);
    }
}
