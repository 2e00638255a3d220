using Orleans.Mail.Protocols.Sasl;

namespace Orleans.Mail.Protocols.Tests.Sasl;

public sealed class SaslTextTests
{
    [Theory]
    [InlineData("AAE=", new byte[] { 0, 1 })]
    [InlineData("", new byte[0])]
    [InlineData("=", null)]
    [InlineData("AAE", null)]
    [InlineData("AAE= ", null)]
    [InlineData("AA E=", null)]
    [InlineData("!!!!", null)]
    [InlineData("\u00e4AE=", null)]
    public void Only_strict_Base64_is_read(string text, byte[]? octets) => Assert.Equal(octets, SaslText.Decode(text));

    [Fact]
    public void An_equals_sign_alone_is_an_empty_initial_response() => Assert.Empty(SaslText.DecodeInitial("=")!);

    [Fact]
    public void Every_mechanism_is_found_by_its_name_in_any_case()
    {
        foreach (var mechanism in SaslMechanisms.All)
            Assert.Equal(mechanism, SaslMechanisms.Find(SaslMechanisms.NameOf(mechanism).ToLowerInvariant()));
        Assert.Null(SaslMechanisms.Find("CRAM-MD5"));
    }
}
