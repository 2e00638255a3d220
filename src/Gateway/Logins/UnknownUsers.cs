using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orleans.Mail.Gateway.Domains;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>
/// SCRAM tells the salt before the client has proved anything (RFC 5802 section 9). A user who does not exist gets one, too:
/// always the same at every gateway, made from the name with a secret of the cluster, and with as many rounds as a new
/// verifier. No password proves itself against it.
/// </summary>
internal sealed class UnknownUsers(IGrainFactory grains, DomainDirectory domains, LoginOptions options)
{
    private readonly byte[] noKey = RandomNumberGenerator.GetBytes(Scram.KeyLength);
    private byte[]? secret;

    /// <summary>Throws when the cluster does not answer.</summary>
    public async ValueTask<ScramVerifier> VerifierOfAsync(string name)
    {
        secret ??= await grains.GetGrain<IClusterGrain>(IClusterGrain.TheKey).LoginSecretAsync();
        // The forms of one name have one salt, as those of a user have.
        var meant = LoginNames.Candidates(name, domains, options.LocalDomain).FirstOrDefault()?.Key ?? name.ToLower(CultureInfo.InvariantCulture);
        var salt = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(meant))[..Scram.SaltLength];
        return new ScramVerifier(salt, options.ScramIterations, noKey, noKey);
    }
}
