using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.EndToEnd;

/// <summary>
/// Every command of the table with a missing, a repeated, an unknown and a malformed parameter, on a live server: each is
/// an error that names the parameter, and nothing is changed.
/// </summary>
public sealed class ManualFaultTests : IAsyncLifetime
{
    private static readonly string[] Listings =
        ["DOMAIN LIST ALL", "DOMAIN LIST NAME=acme.test", "USER LIST ALL", "USER LIST NAME=mick", "ALIAS LIST ALL", "DENY LIST ALL", "MLIST LIST ALL", "MLISTUSER LIST ALL"];

    private ServerUnderTest server = null!;

    public static TheoryData<string> Commands =>
        [.. ManageTable.Commands.Where(command => command.Forms.Any(form => form.Required.Count + form.Optional.Count > 0)).Select(command => command.Name)];

    public async ValueTask InitializeAsync()
    {
        server = await ServerUnderTest.StartAsync();
        await server.ManageAsync(
            "USER ADD NAME=mick DOMAIN=acme.test PASS=secret",
            "ALIAS ADD NAME=sales DOMAIN=acme.test FORWARD=mick@acme.test",
            "MLIST ADD NAME=crew DOMAIN=acme.test",
            "MLISTUSER ADD MAILBOX=mick@acme.test MLISTNAME=crew MLISTDOMAIN=acme.test",
            "DENY ADD IPIN=192.0.2.1");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_fault_is_named_and_changes_nothing(string name)
    {
        var command = ManageTable.Commands.Single(command => command.Name == name);
        using var client = await LineClient.ConnectAsync(server.Management);
        await client.ManageReplyAsync();
        await client.ManageAsync("LOGIN system");
        var before = await ListAsync(client);

        foreach (var form in command.Forms.Where(form => form.Required.Count + form.Optional.Count > 0))
        {
            var all = form.Required.Count > 0 ? form.Required : [form.Optional[0]];
            foreach (var missing in form.Required.Where(key => !IsWhole(command, [.. form.Required.Where(other => other != key)])))
                await RefusedAsync(client, command, form.Required.Where(key => key != missing).Select(Good), missing.Name, "01", "02");
            await RefusedAsync(client, command, all.Append(all[0]).Select(Good), all[0].Name, "01");
            await RefusedAsync(client, command, all.Select(Good).Append("COLOUR=red"), "COLOUR", "01");
            foreach (var key in form.Required.Concat(form.Optional))
            {
                foreach (var bad in Malformed(key, command))
                    await RefusedAsync(client, command, form.Required.Where(other => other != key).Select(Good).Append(bad), key.Name, "01", "05");
            }
        }

        Assert.Equal(before, await ListAsync(client));
    }

    private static async Task<IReadOnlyList<string>> ListAsync(LineClient client)
    {
        var lines = new List<string>();
        foreach (var listing in Listings)
            lines.AddRange(await client.ManageAsync(listing));
        return lines;
    }

    private static async Task RefusedAsync(LineClient client, ManageCommand command, IEnumerable<string> parameters, string named, params string[] endings)
    {
        var line = $"{command.Name} {string.Join(' ', parameters)}";
        var reply = Assert.Single(await client.ManageAsync(line));
        Assert.True(endings.Any(ending => reply.StartsWith($"ER{(int)command.Family:00}{ending} ", StringComparison.Ordinal)), $"{line}\n{reply}");
        Assert.Contains(named, reply, StringComparison.Ordinal);
    }

    // What is left of one form may be another one.
    private static bool IsWhole(ManageCommand command, IReadOnlyList<ManageKey> keys) =>
        command.Forms.Any(form => keys.All(form.Takes) && form.Required.All(keys.Contains));

    private static string Good(ManageKey key) => key.Kind switch
    {
        ManageValueKind.Flag => key.Name,
        ManageValueKind.Domain => $"{key.Name}=acme.test",
        ManageValueKind.Mailbox or ManageValueKind.Address => $"{key.Name}=mick@acme.test",
        ManageValueKind.Network => $"{key.Name}=192.0.2.7",
        ManageValueKind.DomainPattern => $"{key.Name}=.far.test",
        ManageValueKind.Choice => $"{key.Name}={key.Choices[0]}",
        ManageValueKind.Program => $"{key.Name}=/bin/cat",
        ManageValueKind.Kilobytes or ManageValueKind.Count => $"{key.Name}=1",
        ManageValueKind.Switch => $"{key.Name}=on",
        _ => $"{key.Name}=mick",
    };

    private static IEnumerable<string> Malformed(ManageKey key, ManageCommand command) => key.Kind switch
    {
        ManageValueKind.Flag when command.Keys.Count(other => other.Name == key.Name) > 1 => [], // with a value it is another parameter
        ManageValueKind.Flag => [$"{key.Name}=yes"],
        ManageValueKind.Name => [$"{key.Name}=", $"{key.Name}=a@b", $"\"{key.Name}=a b\"", key.Name],
        ManageValueKind.Domain => [$"{key.Name}=", $"{key.Name}=a..b", $"{key.Name}=-x.test", key.Name],
        ManageValueKind.Mailbox => [$"{key.Name}=nobody", $"{key.Name}=@x.test", $"{key.Name}=a@b..c"],
        ManageValueKind.Kilobytes or ManageValueKind.Count => [$"{key.Name}=-1", $"{key.Name}=x", $"{key.Name}=99999999999999999999"],
        ManageValueKind.Switch => [$"{key.Name}=perhaps", $"{key.Name}="],
        ManageValueKind.Address => [$"{key.Name}=", $"{key.Name}=nobody", $"{key.Name}=a@b..c"],
        ManageValueKind.Network => [$"{key.Name}=", $"{key.Name}=300.1.1.1", $"{key.Name}=10.0.0.0/33", $"{key.Name}=::/129", $"{key.Name}=10.0.0.0/x"],
        ManageValueKind.DomainPattern => [$"{key.Name}=", $"{key.Name}=..far.test", $"{key.Name}=a..b"],
        ManageValueKind.Choice => [$"{key.Name}=7", $"{key.Name}=x"],
        ManageValueKind.Program => [$"{key.Name}=", $"\"{key.Name}= \""],
        ManageValueKind.TextFile => [$"{key.Name}=no/such.txt"],
        ManageValueKind.Password => [$"{key.Name}="],
        _ => [],
    };
}
