using System.Security.Cryptography;
using System.Text;

namespace Orleans.Mail.Grains.Tests;

internal static class Users
{
    /// <summary>A verifier that stands for a password: the grains never look inside.</summary>
    public static ScramVerifier Verifier(string password)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(password));
        return new ScramVerifier(hash[..16], 4096, hash, hash);
    }

    public static async Task<string> NewDomainAsync(this MailCluster cluster, DomainSettings? settings = null)
    {
        var domain = $"{cluster.NewName()}.test".ToLowerInvariant();
        Assert.Equal(DomainResult.Done, await cluster.Grains.GetGrain<IDomainGrain>(domain).CreateAsync(settings ?? new DomainSettings()));
        return domain;
    }

    public static Task<AccountResult> CreateUserAsync(this MailCluster cluster, string address, AccountSettings? settings = null) =>
        cluster.Grains.GetGrain<IAccountGrain>(address).CreateAsync(settings ?? new AccountSettings(), Verifier("secret"), false);

    public static Task<Resolution> ResolveAsync(this MailCluster cluster, string address) =>
        cluster.Grains.GetGrain<IAddressGrain>(address).ResolveAsync();
}
