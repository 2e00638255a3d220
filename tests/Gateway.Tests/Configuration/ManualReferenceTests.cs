using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Protocols.Manage;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Gateway.Tests.Configuration;

/// <summary>docs/manual.md leaves nothing of the manual out.</summary>
public sealed class ManualReferenceTests
{
    private static readonly string Page = File.ReadAllText(ReferenceFile.PathOf("docs/manual.md"));

    public static TheoryData<string> Parameters => [.. ManualParameters.All.Select(parameter => parameter.Name)];

    public static TheoryData<string> Commands =>
        [.. ManageTable.Commands.Where(command => command != ManageTable.ChangePassword && command != ManageTable.StoreSweep && command != ManageTable.Quit).Select(command => command.Name)];

    [Theory, MemberData(nameof(Parameters))]
    public void Every_parameter_of_the_manual_is_there(string name)
    {
        // TIMEOUT_SMTP1 to TIMEOUT_SMTP5 are one row.
        var told = name.StartsWith("TIMEOUT_SMTP", StringComparison.Ordinal) ? "TIMEOUT_SMTP1 to TIMEOUT_SMTP5" : name;
        Assert.Contains(told, Page, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Commands))]
    public void Every_command_that_the_manual_has_is_there(string name) =>
        Assert.Contains(name == ManageTable.Configuration.Name ? "CONF SHOW" : name, Page, StringComparison.Ordinal);
}
