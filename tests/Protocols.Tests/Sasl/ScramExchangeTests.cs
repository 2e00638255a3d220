using System.Security.Cryptography;
using System.Text;
using Orleans.Mail.Protocols.Sasl;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Protocols.Tests.Sasl;

public sealed class ScramExchangeTests
{
    private static readonly byte[] Certificate = [1, 2, 3];
    private static readonly ChannelBinding Tls = new(IsOffered: true, Certificate);

    private static ChannelBinding Plaintext => default;

    [Fact]
    public void The_exchange_of_RFC_7677_section_3_is_spoken_to_the_letter()
    {
        var exchange = new ScramExchange(isPlus: false, Plaintext, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");

        Assert.Equal(new SaslStep.Keys("user"), exchange.Respond("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"u8));
        Assert.Equal(
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            Text(exchange.Offer(Derive("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==")))));
        Assert.Equal(
            new SaslStep.Proof(ScramOutcome.Proved),
            exchange.Respond("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="u8));
        Assert.Equal("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Text(exchange.Confirm()));
        Assert.IsType<SaslStep.Confirmed>(exchange.Respond([]));
    }

    [Theory]
    [InlineData("secret", ScramOutcome.Proved)]
    [InlineData("Secret", ScramOutcome.Wrong)]
    public void A_password_proves_itself(string password, ScramOutcome outcome) =>
        Assert.Equal(outcome, Play(new ScramClient("mick", password), isPlus: false, Plaintext));

    [Fact]
    public void A_client_that_is_bound_to_our_certificate_is_taken() =>
        Assert.Equal(ScramOutcome.Proved, Play(new ScramClient("mick", "secret", "p=tls-server-end-point", Certificate), isPlus: true, Tls));

    [Fact]
    public void A_client_that_is_bound_to_another_certificate_is_not() =>
        Assert.Equal(ScramOutcome.Unbound, Play(new ScramClient("mick", "secret", "p=tls-server-end-point", [9]), isPlus: true, Tls));

    [Fact]
    public void A_client_that_was_not_told_of_binding_though_it_is_offered_was_deceived() =>
        Assert.Equal(ScramOutcome.Unbound, Play(new ScramClient("mick", "secret", "y"), isPlus: false, Tls));

    [Fact]
    public void A_client_that_knows_binding_where_there_is_none_is_taken() =>
        Assert.Equal(ScramOutcome.Proved, Play(new ScramClient("mick", "secret", "y"), isPlus: false, Plaintext));

    [Fact]
    public void A_client_that_knows_no_binding_is_taken_over_TLS() =>
        Assert.Equal(ScramOutcome.Proved, Play(new ScramClient("mick", "secret"), isPlus: false, Tls));

    [Fact]
    public void A_binding_that_the_client_does_not_prove_to_have_meant_is_refused() =>
        Assert.Equal(ScramOutcome.Unbound, Play(new ScramClient("mick", "secret", "n", [1]), isPlus: false, Plaintext));

    [Theory]
    [InlineData("a,b=c")]
    [InlineData("=2C")]
    [InlineData("m\u00fcller@acme.test")]
    public void Names_are_escaped_and_may_be_UTF8(string name)
    {
        var exchange = new ScramExchange(isPlus: false, Plaintext);
        Assert.Equal(new SaslStep.Keys(name), exchange.Respond(Encoding.UTF8.GetBytes(new ScramClient(name, "secret").First)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("n")]
    [InlineData("n,,")]
    [InlineData("n,,n=mick")]
    [InlineData("n,,r=abc,n=mick")]
    [InlineData("n,,n=,r=abc")]
    [InlineData("n,,n=mick,r=")]
    [InlineData("n,,n=mi=ck,r=abc")]
    [InlineData("n,,n=mick,r=a b")]
    [InlineData("n,,m=x,n=mick,r=abc")]
    [InlineData("n,,n=mick,r=abc,m=x")]
    [InlineData("n,,n=mick,r=abc,x")]
    [InlineData("n,a=ann,n=mick,r=abc")]
    [InlineData("x,,n=mick,r=abc")]
    [InlineData("p=tls-unique,,n=mick,r=abc")]
    [InlineData("p=tls-server-end-point,,n=mick,r=abc")]
    [InlineData("n,,n=mick,r=abc\0")]
    public void A_first_message_that_is_none_is_malformed(string message) =>
        Assert.IsType<SaslStep.Malformed>(new ScramExchange(isPlus: false, Plaintext).Respond(Encoding.UTF8.GetBytes(message)));

    [Fact]
    public void The_mechanism_with_binding_takes_only_clients_that_bind() =>
        Assert.IsType<SaslStep.Malformed>(new ScramExchange(isPlus: true, Tls).Respond("n,,n=mick,r=abc"u8));

    [Fact]
    public void To_act_for_oneself_is_taken() =>
        Assert.Equal(new SaslStep.Keys("mick"), new ScramExchange(isPlus: false, Plaintext).Respond("n,a=mick,n=mick,r=abc"u8));

    [Theory]
    [InlineData("c=biws,r=abcSERVER,p=AAAA")] // a proof of three octets
    [InlineData("c=biws,r=abcSERVER")]
    [InlineData("c=biws,r=abc,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")] // half of the nonce
    [InlineData("r=abcSERVER,c=biws,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("c=!,r=abcSERVER,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("c=biws,r=abcSERVER,m=x,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("")]
    public void A_final_message_that_is_none_is_malformed(string message)
    {
        var exchange = new ScramExchange(isPlus: false, Plaintext, "SERVER");
        exchange.Respond("n,,n=mick,r=abc"u8);
        exchange.Offer(Derive("secret", [1]));
        Assert.IsType<SaslStep.Malformed>(exchange.Respond(Encoding.UTF8.GetBytes(message)));
    }

    [Fact]
    public void Nothing_follows_a_wrong_proof()
    {
        var exchange = new ScramExchange(isPlus: false, Plaintext);
        var client = new ScramClient("mick", "wrong");
        Assert.Equal(ScramOutcome.Wrong, Play(client, exchange));
        Assert.IsType<SaslStep.Malformed>(exchange.Respond([]));
    }

    [Fact]
    public void The_client_can_believe_the_server()
    {
        var exchange = new ScramExchange(isPlus: false, Plaintext);
        var client = new ScramClient("mick", "secret");
        Assert.Equal(ScramOutcome.Proved, Play(client, exchange));
        Assert.True(client.Believes(Text(exchange.Confirm())));
        Assert.IsType<SaslStep.Malformed>(exchange.Respond("x"u8));
    }

    private static ScramOutcome Play(ScramClient client, bool isPlus, ChannelBinding binding) => Play(client, new ScramExchange(isPlus, binding));

    private static ScramOutcome Play(ScramClient client, ScramExchange exchange)
    {
        Assert.IsType<SaslStep.Keys>(exchange.Respond(Encoding.UTF8.GetBytes(client.First)));
        var offer = Text(exchange.Offer(Derive("secret", [1, 2, 3])));
        return Assert.IsType<SaslStep.Proof>(exchange.Respond(Encoding.UTF8.GetBytes(client.Final(offer)))).Outcome;
    }

    private static string Text(SaslStep step) => Encoding.UTF8.GetString(Assert.IsType<SaslStep.Challenge>(step).Octets.Span);

    private static ScramSecret Derive(string password, byte[] salt)
    {
        const int Iterations = 4096;
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, 32);
        return new(salt, Iterations, SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8)), HMACSHA256.HashData(salted, "Server Key"u8));
    }
}
