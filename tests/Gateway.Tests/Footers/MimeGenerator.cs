using System.Text;

namespace Orleans.Mail.Gateway.Tests.Footers;

/// <summary>Messages of random structure, well formed as far as MIME says what that is.</summary>
internal sealed class MimeGenerator(Random random)
{
    private static readonly string[] Words =
        ["Hello", "you", "=", "--", "-- ", ">", "From", "ACME", "& Co", ".", "</body>", "<body>", "<!--", "-->", "<b>", "caf\xe9", "\xc3\xa9", "\t", " ", "", "=3D", "=20", new('x', 90)];

    private static readonly string[] Multiparts = ["mixed", "mixed", "alternative", "alternative", "related", "parallel", "strange", "digest", "report", "signed"];

    private static readonly string[] Leaves =
        ["text/plain", "text/plain", "text/plain; format=flowed", "text/html", "text/html", "text/calendar", "image/png", "application/pdf", "application/pkcs7-mime", "message/rfc822"];

    private static readonly string[] Charsets = ["", "", "; charset=us-ascii", "; charset=utf-8", "; charset=iso-8859-1", "; charset=windows-1251", "; charset=iso-2022-jp", "; charset=gb18030", "; charset=x-none", "; charset=utf-16"];

    private int boundaries;

    /// <summary>A message as octets, each the character of its value.</summary>
    public string Message() => $"Subject: {Line()}x\r\nMIME-Version: 1.0\r\n{Part(0)}";

    private string Part(int depth)
    {
        if (depth < 4 && random.Next(3) > 0)
            return Multipart(depth);
        var type = Pick(Leaves);
        if (type == "message/rfc822")
            return depth > 3 ? "Content-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\ninner\r\n" : $"Content-Type: message/rfc822\r\n\r\n{Message()}";
        if (!type.StartsWith("text", StringComparison.Ordinal))
            return $"Content-Type: {type}\r\nContent-Transfer-Encoding: base64\r\n\r\n{Base64(Text())}";
        var header = random.Next(6) == 0 ? "" : $"Content-Type: {type}{Pick(Charsets)}\r\n";
        if (random.Next(8) == 0)
            header += random.Next(2) == 0 ? "Content-Disposition: attachment; filename=a.txt\r\n" : "Content-Disposition: inline\r\n";
        return random.Next(5) switch
        {
            0 => $"{header}Content-Transfer-Encoding: base64\r\n\r\n{Base64(Text())}",
            1 => $"{header}Content-Transfer-Encoding: quoted-printable\r\n\r\n{Encoding.Latin1.GetString(Gateway.Footers.QuotedPrintable.Encode(Encoding.Latin1.GetBytes(Text())))}",
            2 => $"{header}Content-Transfer-Encoding: 8bit\r\n\r\n{Text()}",
            _ => $"{header}\r\n{Encoding.ASCII.GetString(Encoding.ASCII.GetBytes(Text()))}",
        };
    }

    private string Multipart(int depth)
    {
        var boundary = $"b{boundaries++}b";
        var type = random.Next(6) == 0 ? Pick(Multiparts) : Pick(Multiparts[..6]);
        var text = new StringBuilder($"Content-Type: multipart/{type}; boundary={boundary}\r\n\r\n");
        if (random.Next(3) == 0)
            text.Append("preamble\r\n");
        for (var parts = random.Next(1, 4); parts > 0; parts--)
            text.Append("--" + boundary + "\r\n").Append(Part(depth + 1)).Append("\r\n");
        return text.Append("--" + boundary + "--\r\n").Append(random.Next(3) == 0 ? "epilogue\r\n" : "").ToString();
    }

    private string Text()
    {
        var text = new StringBuilder();
        for (var lines = random.Next(6); lines > 0; lines--)
            text.Append(Line()).Append("\r\n");
        return random.Next(2) == 0 ? text + Line() : text.ToString();
    }

    // Never a boundary: those begin with two hyphens and end with a b.
    private string Line() => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => Pick(Words))).TrimStart('-');

    private static string Base64(string text) => Convert.ToBase64String(Encoding.Latin1.GetBytes(text), Base64FormattingOptions.InsertLineBreaks);

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
