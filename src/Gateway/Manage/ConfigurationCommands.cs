using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>CONF SHOW: the configuration of this process.</summary>
public sealed class ConfigurationCommands(ParameterReport report)
{
    /// <summary>Name, value, where it came from and, where it has none, why it has no effect; parted by TAB.</summary>
    public Task<ManageStatus> ShowAsync(CommandContext context)
    {
        foreach (var (parameter, source) in report.Read())
        {
            var line = $"{parameter.Name}\t{source.Value}\t{source.Origin}";
            context.WriteLine(parameter.NoEffect is { } reason ? $"{line}\t{reason}" : line);
        }

        return Task.FromResult(context.Request.Done(ManageTexts.End));
    }
}
