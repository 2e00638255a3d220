using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orleans.Mail.LoadGenerator.Connections;

namespace Orleans.Mail.LoadGenerator.Smtp;

/// <summary>How connections log in (RFC 4954).</summary>
internal enum SmtpLoginKind
{
    None,
    Plain,

    /// <summary>SCRAM-SHA-256, with the salted password kept, as clients do.</summary>
    Scram,
}

/// <summary>Logs connections in, as one user after another, and so says who sends.</summary>
internal sealed class SmtpLogin(SmtpLoadOptions options)
{
    private readonly Dictionary<string, byte[]> salted = [];
    private int next;

    /// <summary>The user of the next connection; without logins the sender of all.</summary>
    public string NextUser() => options.Login == SmtpLoginKind.None ? options.Sender : $"u{options.FirstUser + (next++ % options.Users)}@{options.Domain}";

    /// <summary>The last reply: 235 when the user is in.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> LogInAsync(ClientConnection connection, string user)
    {
        if (options.Login == SmtpLoginKind.Plain)
            return await SayAsync(connection, $"AUTH PLAIN {Encode($"\0{user}\0{options.Password}")}");
        var bare = $"n={user},r={Guid.NewGuid():N}";
        var reply = await SayAsync(connection, $"AUTH SCRAM-SHA-256 {Encode("n,," + bare)}");
        if (reply.Span[0] != '3')
            return reply;
        var offer = Encoding.UTF8.GetString(Convert.FromBase64String(Encoding.ASCII.GetString(reply.Span[4..])));
        reply = await SayAsync(connection, Encode(Prove(user, bare, offer)));
        return reply.Span[0] == '3' ? await SayAsync(connection, "") : reply;
    }

    // RFC 5802 section 3
    private string Prove(string user, string bare, string offer)
    {
        var fields = offer.Split(',');
        var withoutProof = $"c=biws,{fields[0]}";
        if (!salted.TryGetValue(user, out var key))
        {
            salted[user] = key = Rfc2898DeriveBytes.Pbkdf2(
                options.Password, Convert.FromBase64String(fields[1][2..]), int.Parse(fields[2][2..], CultureInfo.InvariantCulture), HashAlgorithmName.SHA256, 32);
        }

        var clientKey = HMACSHA256.HashData(key, "Client Key"u8);
        var proof = HMACSHA256.HashData(SHA256.HashData(clientKey), Encoding.UTF8.GetBytes($"{bare},{offer},{withoutProof}"));
        for (var i = 0; i < proof.Length; i++)
            proof[i] ^= clientKey[i];
        return $"{withoutProof},p={Convert.ToBase64String(proof)}";
    }

    private static async ValueTask<ReadOnlyMemory<byte>> SayAsync(ClientConnection connection, string line)
    {
        await connection.SendAsync(Encoding.ASCII.GetBytes(line + "\r\n"));
        return await SmtpSlot.ReadReplyAsync(connection);
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
