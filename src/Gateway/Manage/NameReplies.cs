using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>Replies to changes of names: users, aliases and lists.</summary>
internal static class NameReplies
{
    /// <param name="request">The command.</param>
    /// <param name="name">The name that was to be changed.</param>
    /// <param name="result">How that ended.</param>
    /// <param name="missing">The text for a name that does not exist.</param>
    /// <param name="done">The text for a change that was made.</param>
    public static ManageStatus Reply(
        ManageRequest request, MailAddress name, NameResult result, Func<string, string> missing, Func<string, string> done) => result.Outcome switch
        {
            NameOutcome.Done => request.Done(done(name.Key)),
            NameOutcome.NotFound => request.Status(ManageEnding.NotFound, missing(name.Key)),
            NameOutcome.Exists => request.Status(ManageEnding.Exists, Taken(name, result)),
            NameOutcome.NoDomain => request.Status(ManageEnding.NotFound, ManageTexts.NoDomain(name.Domain)),
            NameOutcome.DomainFull => request.Status(ManageEnding.NotAllowed, ManageTexts.DomainFull(name.Domain)),
            _ => throw new InvalidOperationException($"unknown outcome {result.Outcome}"),
        };

    /// <summary>One name is one kind only: says which it is.</summary>
    private static string Taken(MailAddress name, NameResult result)
    {
        var taken = result.TakenName.Length > 0 ? result.TakenName : name.Key;
        return result.Taken switch
        {
            NameKind.User => ManageTexts.Taken(taken, "a user"),
            NameKind.Alias => ManageTexts.Taken(taken, "an alias"),
            NameKind.List => ManageTexts.Taken(taken, "a mailing list"),
            NameKind.ListOwner => ManageTexts.Taken(taken, "the owner of a mailing list"),
            _ => ManageTexts.Exists(taken), // gone again by now
        };
    }
}
