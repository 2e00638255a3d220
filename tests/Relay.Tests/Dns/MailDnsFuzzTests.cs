using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Mail.TestKit;
using Orleans.Mail.TestKit.Dns;

namespace Orleans.Mail.Relay.Tests.Dns;

/// <summary>Answers whose octets were bent at random on their way. Whatever they say, a look-up ends in time with an answer that keeps its bounds.</summary>
[Trait("Category", "Fuzz")]
public sealed class MailDnsFuzzTests
{
    private const int IdAndFlags = 4; // bent, the answer would be no answer, and each a time-out

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_bent_answer_is_an_answer_within_bounds_or_trouble()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var server = new DnsServer();
        server.Add("example.test", "MX 10 a.example.test", "MX 10 b.example.test", "MX 20 c.example.test")
            .Add("a.example.test", "A 192.0.2.1", "AAAA 2001:db8::1")
            .Add("b.example.test", "CNAME c.example.test")
            .Add("c.example.test", "A 192.0.2.2");
        server.Bend = answer => Bend(random, answer);
        var dns = Make(server);
        var found = 0;
        for (var i = 0; i < Math.Max(1, Fuzzing.Iterations / 20); i++)
        {
            var answer = await dns.LookUpAsync("example.test", TestContext.Current.CancellationToken).WaitAsync(Limit * 5);
            Assert.True(IsWithinBounds(answer), $"seed {seed}, {i}: {answer}");
            found += answer.Outcome == MxOutcome.Found ? 1 : 0;
        }

        Assert.NotEqual(0, found);
    }

    private static bool IsWithinBounds(MxAnswer answer) =>
        answer.Domain == "example.test"
        && answer.TimeToLive >= MxTimes.Shortest && answer.TimeToLive <= MxTimes.Longest
        && (answer.Outcome == MxOutcome.Found) == answer.Hosts.Any(host => host.Addresses.Count > 0)
        && answer.Hosts.Count <= 20
        && answer.Hosts.All(host => host.Name.Length is > 0 and <= 1024 && host.Addresses.Count <= 16 && host.Addresses.All(address => IPAddress.TryParse(address, out _)))
        && !answer.Cause.Any(char.IsControl);

    private static byte[] Bend(Random random, byte[] answer)
    {
        lock (random)
        {
            if (random.Next(3) == 0)
                return answer;
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(IdAndFlags, answer.Length);
                switch (random.Next(3))
                {
                    case 0:
                        answer[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        answer[at] ^= (byte)(1 << random.Next(8));
                        break;
                    default:
                        answer = answer[..Math.Max(at, IdAndFlags + 1)];
                        break;
                }
            }

            return answer;
        }
    }

    private static MailDns Make(DnsServer server)
    {
        var options = Options.Create(new DnsOptions { Servers = [server.EndPoint], TimeLimit = Limit, FirstWait = TimeSpan.FromMilliseconds(100) });
        return new MailDns(new DnsQuestions(new NameServers(options, TimeProvider.System), options, NullLogger<DnsQuestions>.Instance), options, TimeProvider.System);
    }
}
