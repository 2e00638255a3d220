using System.Buffers;
using System.Globalization;
using System.Text;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Protocols.Sasl;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>Command lines as the trace shows them.</summary>
internal static class SmtpTrace
{
    /// <summary>The line, but of AUTH and of what is no command nothing that may be a secret, nor the arguments of commands that need none: a client that has lost its place sends its response as a command.</summary>
    public static string Describe(SmtpCommand command, ReadOnlySequence<byte> line) => command.Verb switch
    {
        SmtpVerb.Auth when command.Mechanism is { } name && SaslMechanisms.Find(name) is { } mechanism => $"AUTH {SaslMechanisms.NameOf(mechanism)} {ProtocolTrace.Secret}",
        SmtpVerb.Auth => "AUTH " + ProtocolTrace.Secret,
        SmtpVerb.Unknown => string.Create(CultureInfo.InvariantCulture, $"(no command, {line.Length} octets)"),
        SmtpVerb.Helo or SmtpVerb.Ehlo or SmtpVerb.Mail or SmtpVerb.Rcpt or SmtpVerb.Bdat or SmtpVerb.Vrfy => Text(line),
        _ => Text(line).Split(' ', 2) is [var verb, _] ? $"{verb} {ProtocolTrace.Secret}" : Text(line),
    };

    private static string Text(ReadOnlySequence<byte> line) => Encoding.UTF8.GetString(line).TrimEnd('\r', '\n');
}
