namespace Orleans.Mail.Grains;

/// <summary>Looks up in DNS where a domain's mail goes. It caches nothing: <see cref="IMxGrain"/> does.</summary>
public interface IMailDns
{
    /// <summary>MX, and the addresses of its hosts; without MX the domain's own addresses (RFC 5321 5.1). Never fails: trouble is an answer, too.</summary>
    /// <param name="domain">The domain in lower-case A-labels.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<MxAnswer> LookUpAsync(string domain, CancellationToken cancellationToken);
}
