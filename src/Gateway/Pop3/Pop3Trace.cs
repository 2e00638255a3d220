using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Protocols.Pop3;

namespace Orleans.Mail.Gateway.Pop3;

/// <summary>Command lines as the trace shows them.</summary>
internal static class Pop3Trace
{
    /// <summary>The command as it was understood, without passwords; of what is no command nothing, since it may be one.</summary>
    public static string Describe(Pop3Command command) => command switch
    {
        { Verb: Pop3Verb.Unknown } => "(no command)",
        { Fault: not Pop3Fault.None } => $"{NameOf(command)} (malformed)",
        { Verb: Pop3Verb.Pass or Pop3Verb.Auth } => $"{NameOf(command)} {ProtocolTrace.Secret}",
        { Verb: Pop3Verb.User, Text: { } name } when name.Contains(' ', StringComparison.Ordinal) => $"USER {ProtocolTrace.Secret}", // a password may follow the name
        { Verb: Pop3Verb.Top } => $"{NameOf(command)} {command.Message} {command.Lines}",
        { Text: { } text } => $"{NameOf(command)} {text}",
        { Message: { } message } => $"{NameOf(command)} {message}",
        _ => NameOf(command),
    };

    private static string NameOf(Pop3Command command) => command.Verb.ToString().ToUpperInvariant();
}
