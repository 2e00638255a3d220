using Orleans.Mail.Protocols.Pop3;

namespace Orleans.Mail.Protocols.Tests.Pop3;

public sealed class Pop3RulesTests
{
    [Theory]
    [InlineData(Pop3Verb.User, true, false)]
    [InlineData(Pop3Verb.Pass, true, false)]
    [InlineData(Pop3Verb.Auth, true, false)]
    [InlineData(Pop3Verb.Stls, true, false)]
    [InlineData(Pop3Verb.Utf8, true, false)]
    [InlineData(Pop3Verb.Capa, true, true)]
    [InlineData(Pop3Verb.Quit, true, true)]
    [InlineData(Pop3Verb.Stat, false, true)]
    [InlineData(Pop3Verb.List, false, true)]
    [InlineData(Pop3Verb.Uidl, false, true)]
    [InlineData(Pop3Verb.Retr, false, true)]
    [InlineData(Pop3Verb.Top, false, true)]
    [InlineData(Pop3Verb.Dele, false, true)]
    [InlineData(Pop3Verb.Rset, false, true)]
    [InlineData(Pop3Verb.Noop, false, true)]
    [InlineData(Pop3Verb.Unknown, false, false)]
    public void A_command_is_legal_in_its_states(Pop3Verb verb, bool authorization, bool transaction)
    {
        Assert.Equal(authorization, Pop3Rules.IsLegal(verb, Pop3Phase.Authorization));
        Assert.Equal(transaction, Pop3Rules.IsLegal(verb, Pop3Phase.Transaction));
    }
}
