using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Protocols.Tests.Smtp;

public sealed class SmtpLegalityTests
{
    // A letter a state: Connected, Greeted, Sender, Recipients, Chunks, ChunksRefused; + is allowed.
    [Theory]
    [InlineData(SmtpVerb.Helo, "++++++")]
    [InlineData(SmtpVerb.Ehlo, "++++++")]
    [InlineData(SmtpVerb.Mail, "-+----")]
    [InlineData(SmtpVerb.Rcpt, "--++--")]
    [InlineData(SmtpVerb.Data, "---+--")]
    [InlineData(SmtpVerb.Bdat, "---++-")]
    [InlineData(SmtpVerb.Rset, "++++++")]
    [InlineData(SmtpVerb.Noop, "++++++")]
    [InlineData(SmtpVerb.Quit, "++++++")]
    [InlineData(SmtpVerb.Vrfy, "++++++")]
    [InlineData(SmtpVerb.Help, "++++++")]
    [InlineData(SmtpVerb.Expn, "------")]
    [InlineData(SmtpVerb.StartTls, "-+++++")]
    [InlineData(SmtpVerb.Auth, "-+----")]
    [InlineData(SmtpVerb.Unknown, "------")]
    public void A_verb_is_allowed_in_its_states_only(SmtpVerb verb, string allowed)
    {
        var actual = string.Concat(Enum.GetValues<SmtpState>().Select(state => SmtpLegality.Refuse(state, verb) is null ? '+' : '-'));

        Assert.Equal(allowed, actual);
    }

    [Fact]
    public void Every_refusal_is_permanent_and_about_order_or_a_missing_command()
    {
        foreach (var state in Enum.GetValues<SmtpState>())
        {
            foreach (var verb in Enum.GetValues<SmtpVerb>())
                Assert.Contains(SmtpLegality.Refuse(state, verb)?.Code, new int?[] { null, 500, 502, 503 });
        }
    }
}
