using System.Security.Cryptography;
using System.Text;
using Orleans.Mail.Gateway.Logins;

namespace Orleans.Mail.Gateway.Tests.Logins;

public sealed class ScramTests
{
    private static readonly byte[] Salt = Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==");

    [Fact]
    public void The_exchange_of_RFC_7677_section_3_is_proved_by_its_keys()
    {
        const string AuthMessage =
            "n=user,r=rOprNGfwEbeRWgbNEkqO," +
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096," +
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        var proof = Convert.FromBase64String("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");

        var verifier = Scram.Derive("pencil", Salt, 4096);

        // RFC 5802 section 3: the server recovers ClientKey from the proof and compares its hash with StoredKey.
        var clientKey = HMACSHA256.HashData(verifier.StoredKey, Encoding.ASCII.GetBytes(AuthMessage));
        for (var i = 0; i < clientKey.Length; i++)
            clientKey[i] ^= proof[i];
        Assert.Equal(verifier.StoredKey, SHA256.HashData(clientKey));
        Assert.Equal(
            "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
            Convert.ToBase64String(HMACSHA256.HashData(verifier.ServerKey, Encoding.ASCII.GetBytes(AuthMessage))));
    }

    [Theory]
    [InlineData("pencil", true)]
    [InlineData("Pencil", false)]
    [InlineData("pencil ", false)]
    [InlineData("", false)]
    public void A_password_matches_only_itself(string password, bool matches) =>
        Assert.Equal(matches, Scram.Matches(Scram.Derive("pencil", Salt, 4096), password));

    [Theory]
    [InlineData("I\u00adX", "IX")] // the first examples of RFC 4013 section 3
    [InlineData("user", "user")]
    [InlineData("USER", "USER")]
    [InlineData("\u00aa", "a")]
    [InlineData("\u2168", "IX")]
    [InlineData("u\u0308", "\u00fc")]
    [InlineData("a\u3000b", "a b")]
    [InlineData("\u00aa\ufffe", "\u00aa\ufffe")] // no character, and not to be normalised
    public void Passwords_are_prepared_as_SASLprep_says(string typed, string prepared) =>
        Assert.Equal(prepared, PasswordText.Prepare(typed));
}
