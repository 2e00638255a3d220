using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>Commands as the trace shows them.</summary>
internal static class ManageTrace
{
    /// <summary>A line that is no command is not shown: it may hold a password all the same.</summary>
    public const string NoCommand = "(no command)";

    /// <summary>The command without its passwords.</summary>
    public static string Describe(ManageRequest request)
    {
        var words = request.Command == ManageTable.Login ? request.Words.Select(_ => ProtocolTrace.Secret) : request.Words;
        return string.Join(' ', [request.Command.Name, .. words, .. request.Values.Select(each => Describe(each.Key, each.Value))]);
    }

    /// <summary>The code of a status without its text.</summary>
    public static string Describe(ManageStatus status) => (status with { Text = ProtocolTrace.Secret }).ToString();

    private static string Describe(ManageKey key, string value) => key.Kind switch
    {
        ManageValueKind.Flag => key.Name,
        ManageValueKind.Password => $"{key.Name}={ProtocolTrace.Secret}",
        _ => $"{key.Name}={value}",
    };
}
