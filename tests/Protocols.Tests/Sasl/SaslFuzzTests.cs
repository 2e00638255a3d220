using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Orleans.Mail.Protocols.Sasl;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Protocols.Tests.Sasl;

/// <summary>Whatever a client responds: no exception, and what is accepted has the form that the RFCs give (regular expressions are the oracle).</summary>
[Trait("Category", "Fuzz")]
public sealed partial class SaslFuzzTests
{
    private const string Nonce = "SERVER";

    private static readonly ScramSecret Secret = new(new byte[] { 1 }, 4096, new byte[32], new byte[32]);

    private static readonly Gen<string> FirstMessages = Gen.OneOf(
            Gen.OneOf("n,,", "y,,", "p=tls-server-end-point,,", "p=x,,", "n,a=mick,", "n,a=,", "n=mick", "n=", "r=abc", "r=", ",", "m=x", "x=y", "=2C", "=3D", "=", "\0", "\u00fc", "n=mick,r=abc"),
            Gen.Char.Select(c => c.ToString()))
        .Array[0, 8].Select(string.Concat);

    private static readonly Gen<string> FinalMessages = Gen.OneOf(
            Gen.OneOf("c=biws", ",", "r=abc" + Nonce, "r=abc", ",p=" + Convert.ToBase64String(new byte[32]), ",p=", "p=AAAA", "x=y", "m=x", "=", "\u00fc", "c=biws,r=abcSERVER"),
            Gen.Char.Select(c => c.ToString()))
        .Array[0, 8].Select(string.Concat);

    [Fact]
    public void A_first_message_is_taken_when_it_has_the_form_of_RFC_5802() => FirstMessages.Sample(
        message =>
        {
            var step = new ScramExchange(isPlus: false, default).Respond(Encoding.UTF8.GetBytes(message));
            var expected = First().Match(Wire(message));
            Assert.Equal(expected.Success, step is SaslStep.Keys);
            if (step is SaslStep.Keys keys)
                Assert.Equal(expected.Groups["name"].Value.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal), keys.Name);
        },
        iter: Fuzzing.Iterations);

    [Fact]
    public void A_final_message_is_judged_when_it_has_the_form_of_RFC_5802() => FinalMessages.Sample(
        message =>
        {
            var exchange = new ScramExchange(isPlus: false, default, Nonce);
            exchange.Respond("n,,n=mick,r=abc"u8);
            exchange.Offer(Secret);
            var step = exchange.Respond(Encoding.UTF8.GetBytes(message));
            Assert.Equal(Final().IsMatch(Wire(message)), step is SaslStep.Proof);
            Assert.NotEqual(new SaslStep.Proof(ScramOutcome.Proved), step);
        },
        iter: Fuzzing.Iterations);

    [Fact]
    public void No_octets_make_an_exchange_fail() => Gen.Select(Gen.OneOf<SaslMechanism>([.. SaslMechanisms.All]), Gen.Byte.Array[0, 60].Array[1, 4]).Sample(
        (mechanism, responses) =>
        {
            var exchange = SaslExchange.Create(mechanism, default);
            exchange.Start();
            foreach (var response in responses)
                Assert.NotNull(exchange.Respond(response));
        },
        iter: Fuzzing.Iterations);

    [Fact]
    public void PLAIN_is_three_parts_of_which_the_first_is_empty_or_the_second() => Gen.OneOf("\0", "\0", "mick", "x", "\u00fc", "").Array[0, 7].Select(string.Concat).Sample(
        message =>
        {
            var match = Plain().Match(message);
            Assert.Equal(match.Success, PlainCredentials.TryParse(Encoding.UTF8.GetBytes(message), out var credentials));
            if (match.Success)
                Assert.Equal(new PlainCredentials(match.Groups["name"].Value, match.Groups["password"].Value), credentials);
        },
        iter: Fuzzing.Iterations);

    // What the generator makes of lone surrogates comes as replacement characters.
    private static string Wire(string message) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(message));

    [GeneratedRegex(@"\A[ny],(a=(?<name>([^,=\0]|=2C|=3D)+))?,n=(?(name)\k<name>|(?<name>([^,=\0]|=2C|=3D)+)),r=[!-+\--~]+(,[A-Za-ln-z]=[^,\0]+)*\z")]
    private static partial Regex First();

    [GeneratedRegex(@"\Ac=(([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?),r=abcSERVER(,[A-Za-ln-z]=[^,\0]+)*,p=[A-Za-z0-9+/]{43}=\z")]
    private static partial Regex Final();

    [GeneratedRegex(@"\A(|(?<id>[^\0]+)(?=\0\k<id>\0))\0(?<name>[^\0]+)\0(?<password>[^\0]+)\z")]
    private static partial Regex Plain();
}
