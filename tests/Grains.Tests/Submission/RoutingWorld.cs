using System.Globalization;
using System.Text;

namespace Orleans.Mail.Grains.Tests.Submission;

/// <summary>Domains a, b and c, under names that no other row has, and what a row puts there.</summary>
internal sealed class RoutingWorld(MailCluster cluster)
{
    private readonly Dictionary<string, string> domains = [];
    private readonly Dictionary<string, string> owners = [];

    public static async Task<RoutingWorld> CreateAsync(MailCluster cluster, IEnumerable<string> statements)
    {
        var world = new RoutingWorld(cluster);
        foreach (var name in new[] { "a", "b", "c" })
            world.domains[name] = await cluster.NewDomainAsync();
        cluster.Options<SubmissionOptions>().Postmaster = null;
        foreach (var statement in statements)
            await world.MakeAsync(new Statement(statement));
        return world;
    }

    public async Task<string> RouteAsync(string recipient)
    {
        var asked = new Statement("to " + recipient);
        var sender = asked["from"] switch { null => "ann@far.test", "<>" => "", var ours => Real(ours) };
        var request = new RouteRequest(Real(asked.Subject), sender, asked.Number("size"), asked.Has("relay"));
        var route = await cluster.Grains.GetGrain<ISubmissionGrain>(0).RouteAsync(request);
        if (route.Recipient is not { } taken)
            return route.Verdict.ToString();
        Assert.Equal(RouteVerdict.Accepted, route.Verdict);
        return string.Join(", ", taken.Targets.Select(Describe));
    }

    private async Task MakeAsync(Statement made)
    {
        switch (made.Verb)
        {
            case "domain":
                var change = new DomainChange { DefaultMailbox = made["default"] is { } mailbox ? Real(mailbox) : null, MaxInKb = made["max"] is null ? null : made.Number("max") };
                Assert.Equal(DomainResult.Done, await cluster.Grains.GetGrain<IDomainGrain>(domains[made.Subject]).ChangeAsync(change));
                break;
            case "user":
                await MakeUserAsync(made);
                break;
            case "alias":
                var target = new AliasTarget(made["to"] is { } to ? Real(to) : "", made["pipe"] ?? "");
                Assert.Equal(NameOutcome.Done, (await cluster.Grains.GetGrain<IAliasGrain>(Real(made.Subject)).CreateAsync(target)).Outcome);
                break;
            case "list":
                var settings = new ListSettings(made["access"] is null ? ListAccess.Members : (ListAccess)made.Number("access"), ListMembers.Any);
                Assert.Equal(NameOutcome.Done, (await cluster.Grains.GetGrain<IListAddressGrain>(Real(made.Subject)).CreateAsync(settings)).Outcome);
                break;
            case "member":
                var list = await cluster.Grains.GetGrain<IListAddressGrain>(Real(made["of"]!)).ReadAsync();
                var member = new ListMember(Real(made.Subject), made.Has("admin") ? MemberType.Administrator : MemberType.Member);
                Assert.Equal(NameOutcome.Done, await cluster.Grains.GetGrain<IMailingListGrain>(list!.ListId).AddAsync(member));
                break;
            case "postmaster":
                Assert.True(MailAddress.TryParse(Real(made.Subject), out var postmaster));
                cluster.Options<SubmissionOptions>().Postmaster = postmaster;
                break;
            default:
                throw new InvalidDataException($"'{made.Verb}' makes nothing");
        }
    }

    private async Task MakeUserAsync(Statement made)
    {
        var settings = new AccountSettings
        {
            Forward = made["forward"] is { } forward ? Real(forward) : "",
            Copy = made["copy"] is { } copy ? Real(copy) : "",
            QuotaKb = made.Number("quota"),
            MaxInKb = made.Number("max"),
            Enabled = !made.Has("off"),
        };
        Assert.Equal(NameOutcome.Done, await cluster.CreateUserAsync(Real(made.Subject), settings));
        var id = (await cluster.ResolveAsync(Real(made.Subject))).Id;
        owners[id] = made.Subject;
        if (made.Number("holds") is var held and > 0)
        {
            const string to = "x@y";
            var delivery = cluster.NewDelivery(id, new string('x', (int)held - DeliveredToField.Length(to)), to);
            Assert.Equal(AppendResult.Done, await cluster.Grains.GetGrain<IMailboxGrain>(id).AppendAsync(delivery));
        }
    }

    private string Describe(Target target)
    {
        var address = Short(target.Address);
        var text = new StringBuilder(target.IsCopy ? "copy " : "");
        switch (target.Kind)
        {
            case TargetKind.Mailbox:
                text.Append("mailbox ").Append(owners[target.Id]);
                var isName = address == owners[target.Id];
                text.Append(isName ? "" : $" as {address}");
                break;
            case TargetKind.Remote:
                text.Append("remote ").Append(address).Append(From(target.Sender));
                break;
            case TargetKind.Pipe:
                text.Append("pipe ").Append(address).Append(' ').Append(target.Id);
                break;
            default:
                text.Append(target.Kind == TargetKind.List ? "list " : "bounce ").Append(address);
                break;
        }

        return text.Append(target.MaxSize > 0 && !target.IsCopy ? $" max={target.MaxSize}" : "").ToString();
    }

    // A rewritten sender is told by the domain that it leads back to.
    private string From(string? sender) => sender switch
    {
        null => "",
        "" => " from <>",
        _ when sender.StartsWith(MailAddress.RewrittenPrefix, StringComparison.Ordinal) => $" by {Short(sender[(sender.LastIndexOf('@') + 1)..])}",
        _ => $" from {Short(sender)}",
    };

    private string Real(string address)
    {
        var at = address.LastIndexOf('@');
        return at >= 0 && domains.TryGetValue(address[(at + 1)..], out var domain) ? address[..(at + 1)] + domain : address;
    }

    private string Short(string address) =>
        domains.Aggregate(address, (text, domain) => text.Replace(domain.Value, domain.Key, StringComparison.Ordinal));

    private sealed class Statement
    {
        private readonly string[] words;

        public Statement(string text) => words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        public string Verb => words[0];

        public string Subject => words[1];

        public string? this[string key] =>
            words.FirstOrDefault(word => word.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..];

        public long Number(string key) => this[key] is { } value ? long.Parse(value, CultureInfo.InvariantCulture) : 0;

        public bool Has(string flag) => words.Contains(flag);
    }
}
