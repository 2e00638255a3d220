using System.CommandLine;

namespace Orleans.Mail.Tools.Commands;

/// <summary><c>--mailbox user@domain</c>: one mailbox instead of all.</summary>
internal static class MailboxOption
{
    public static Option<MailAddress?> Create() => new("--mailbox", "-m")
    {
        Description = "One mailbox, user@domain; all if not given",
        CustomParser = result =>
        {
            if (MailAddress.TryParse(result.Tokens[0].Value, out var address))
                return address;
            result.AddError($"'{result.Tokens[0].Value}' is no mailbox: user@domain is.");
            return null;
        },
    };
}
