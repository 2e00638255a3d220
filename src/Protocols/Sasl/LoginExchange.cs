using System.Text;
using System.Text.Unicode;

namespace Orleans.Mail.Protocols.Sasl;

/// <summary>LOGIN: the server asks for the name, unless it came with the command, and then for the password.</summary>
internal sealed class LoginExchange : SaslExchange
{
    // Clients compare the challenges: these are what all servers send.
    private static readonly SaslStep AskName = new SaslStep.Challenge("Username:"u8.ToArray());
    private static readonly SaslStep AskPassword = new SaslStep.Challenge("Password:"u8.ToArray());

    private string? name;

    public override SaslStep Start() => AskName;

    public override SaslStep Respond(ReadOnlySpan<byte> response)
    {
        if (response.IsEmpty || response.Contains((byte)0) || !Utf8.IsValid(response))
            return SaslStep.Malformed.Instance;
        var text = Encoding.UTF8.GetString(response);
        if (name is not null)
            return new SaslStep.Password(new(name, text));
        name = text;
        return AskPassword;
    }
}
