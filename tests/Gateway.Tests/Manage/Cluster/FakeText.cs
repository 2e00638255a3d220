using Orleans.Mail.Gateway.Logins;

namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>Writes what a fake holds as one line: only what differs from the default.</summary>
internal static class FakeText
{
    private static readonly string[] Passwords = ["secret", "new secret", "a\"b\\c", "mick", "anna", "%s%n"];

    public static string Describe(DomainSettings settings) => Join(
        ("in", settings.DefaultMaxInKb), ("out", settings.DefaultMaxOutKb), ("maxin", settings.MaxInKb), ("maxout", settings.MaxOutKb),
        ("mailbox", settings.DefaultMailbox), ("quota", settings.DefaultQuotaKb), ("maxusers", settings.MaxUsers),
        ("infooter", settings.IncomingFooter.File), ("outfooter", settings.OutgoingFooter.File), ("show", (int)settings.ShowFooter));

    public static string Describe(FakeUser user) => Join(
        ("dir", user.Settings.Directory), ("quota", user.Settings.QuotaKb ?? 0), ("forward", user.Settings.Forward), ("copy", user.Settings.Copy),
        ("maxin", user.Settings.MaxInKb ?? 0), ("maxout", user.Settings.MaxOutKb ?? 0), ("state", user.Settings.Enabled ? "" : "off"),
        ("pass", user.Verifier is null ? "" : Passwords.FirstOrDefault(password => Scram.Matches(user.Verifier, password)) ?? "?"),
        ("weak", user.Weak ? "yes" : ""));

    private static string Join(params (string Name, object Value)[] fields) =>
        string.Join(' ', fields.Where(field => field.Value is not ("" or 0L or 0)).Select(field => $"{field.Name}={field.Value}"));
}
