namespace Orleans.Mail.TestKit.Peers;

/// <summary>
/// What a <see cref="ScriptedPeer"/> answers: by default all is well, and it offers PIPELINING, 8BITMIME, SIZE, SMTPUTF8,
/// DSN and enhanced status codes.
/// </summary>
public sealed class PeerScript
{
    /// <summary>The answer is none, and the connection stays.</summary>
    public const string Silence = "!silence";

    /// <summary>The connection is cut instead of an answer.</summary>
    public const string Cut = "!cut";

    /// <summary>Before <see cref="Cut"/> or <see cref="Silence"/>: octets that are sent first, as in <c>25!cut</c>.</summary>
    public const string Mark = "!";

    private readonly List<(string Prefix, Queue<string> Answers)> answers = [];

    /// <summary>What EHLO's answer offers.</summary>
    public IList<string> Offers { get; } = ["PIPELINING", "SIZE 10485760", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"];

    /// <summary>Answers commands that begin with a text (in upper case; <c>BANNER</c> and <c>.</c> for the greeting and the message's end), the last one for good.</summary>
    public PeerScript On(string prefix, params string[] replies)
    {
        answers.Insert(0, (prefix, new Queue<string>(replies)));
        return this;
    }

    public PeerScript Offer(params string[] offers)
    {
        Offers.Clear();
        foreach (var offer in offers)
            Offers.Add(offer);
        return this;
    }

    internal string AnswerTo(string line)
    {
        lock (answers)
        {
            foreach (var (prefix, replies) in answers)
            {
                if (prefix == "." ? line == "." : line.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                    return replies.Count > 1 ? replies.Dequeue() : replies.Peek();
            }
        }

        return Default(line);
    }

    private string Default(string line) => line.Split(' ', 2)[0].ToUpperInvariant() switch
    {
        "BANNER" => "220 peer.test ESMTP",
        "EHLO" => string.Join("\r\n", (string[])[.. Offers.Select(offer => $"250-{offer}").Prepend("250-peer.test"), "250 HELP"]),
        "HELO" => "250 peer.test",
        "STARTTLS" => "220 2.0.0 go on",
        "MAIL" => "250 2.1.0 sender ok",
        "RCPT" => "250 2.1.5 recipient ok",
        "DATA" => "354 go on",
        "." => "250 2.0.0 taken",
        "RSET" => "250 2.0.0 ok",
        "AUTH" => "235 2.7.0 welcome",
        "QUIT" => "221 2.0.0 bye",
        _ => "500 5.5.2 what",
    };
}
