using CsCheck;

namespace Orleans.Mail.Storage.Tests;

public sealed class KeyTextTests
{
    // Without surrogates: a lone one is no text, UTF-8 has no form for it.
    private static readonly Gen<string> AnyText = Gen.String[Gen.Char['\0', '\ud7ff'], 1, 20];

    [Theory]
    [InlineData("abc.DEF@0-9", "abc.DEF@0-9")]
    [InlineData("a!b", "a_21b")]
    [InlineData("a_b", "a_5Fb")]
    [InlineData(" ", "_20")]
    [InlineData("/\\#?%", "_2F_5C_23_3F_25")]
    [InlineData("ü", "_C3_BC")]
    [InlineData("📧", "_F0_9F_93_A7")]
    [InlineData("", "")]
    public void A_segment_is_escaped_and_read_back(string segment, string escaped)
    {
        Assert.Equal(escaped, KeyText.Escape(segment));
        Assert.Equal(segment, KeyText.Unescape(escaped));
    }

    [Fact]
    public void Any_segment_makes_a_valid_key_and_different_segments_different_keys() =>
        Gen.Select(AnyText, AnyText).Sample((a, b) =>
            KeyText.IsValid(KeyText.Escape(a)) && (a == b || KeyText.Escape(a) != KeyText.Escape(b))
            && KeyText.Unescape(KeyText.Escape(a)) == a);

    [Theory]
    [InlineData("a", true)]
    [InlineData("a!b_20.@-", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a~", false)]
    [InlineData("ä", false)]
    [InlineData("a\n", false)]
    public void Keys_are_plain_ascii(string key, bool valid) => Assert.Equal(valid, KeyText.IsValid(key));

    [Fact]
    public void A_key_has_at_most_400_characters()
    {
        Assert.True(KeyText.IsValid(new string('a', 400)));
        Assert.False(KeyText.IsValid(new string('a', 401)));
        Assert.True(KeyText.IsValid(LongKey.Fit(new string('a', 401))));
        Assert.NotEqual(LongKey.Fit(new string('a', 401)), LongKey.Fit(new string('a', 402)));
        Assert.Equal("abc", LongKey.Fit("abc"));
        Assert.StartsWith(LongKey.Kept(new string('a', 500)), LongKey.Fit(new string('a', 501)), StringComparison.Ordinal);
    }
}
