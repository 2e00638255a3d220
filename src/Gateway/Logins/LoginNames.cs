using Orleans.Mail.Gateway.Domains;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>
/// Whom a login name may mean. The manual's two forms are <c>user@domain</c> and, for clients that refuse <c>@</c>,
/// <c>user.domain</c>; a bare name is completed with CFG_LOCALDOMAIN. Only domains of ours are considered.
/// </summary>
internal static class LoginNames
{
    /// <summary>The addresses in the order in which they are asked; the first that is a user is meant.</summary>
    public static IEnumerable<MailAddress> Candidates(string name, DomainDirectory domains, string? localDomain)
    {
        if (name.Contains('@', StringComparison.Ordinal))
        {
            if (MailAddress.TryParse(name, out var address) && domains.Contains(address.Domain))
                yield return address;
            yield break;
        }

        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (MailAddress.TryCreate(name[..dot], name[(dot + 1)..], out var address) && domains.Contains(address.Domain))
                yield return address;
        }

        if (localDomain is not null && domains.Contains(localDomain) && MailAddress.TryCreate(name, localDomain, out var local))
            yield return local;
    }
}
