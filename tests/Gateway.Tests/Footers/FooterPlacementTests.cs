namespace Orleans.Mail.Gateway.Tests.Footers;

/// <summary>Where a footer goes: which parts of which messages, and that nothing else changes.</summary>
public sealed class FooterPlacementTests
{
    // Where these marks stand, the footer must come: after a line, after an empty line, before a boundary's line end, in HTML.
    private static readonly (string Mark, string Footer)[] Marks =
    [
        ("«T»", "\nACME & Co\n"),
        ("«E»", "ACME & Co\n"),
        ("«B»", "\n\nACME & Co"),
        ("«H»", "<div><br>\nACME &amp; Co</div>\n"),
    ];

    public static readonly TheoryData<string, string> Changed = new()
    {
        { "plain text", "Subject: x\n\nHello\n«T»" },
        { "an empty line is there already", "Subject: x\n\nHello\n\n«E»" },
        { "no text at all", "Subject: x\n\n«E»" },
        { "no header at all", "\nHello\n«T»" },
        { "html", "MIME-Version: 1.0\nContent-Type: text/html\n\n<html><body><p>Hello</p>\n«H»</body></html>\n" },
        { "html in capitals", "Content-Type: TEXT/HTML\n\n<BODY>Hello«H»</BODY >\n" },
        { "html without body", "Content-Type: text/html\n\n<b>Hello</b>\n«H»" },
        { "html without the body's end", "Content-Type: text/html\n\n<html><body>Hello\n«H»</html>\n" },
        { "the last body counts", "Content-Type: text/html\n\n<body>one</body><body>two«H»</body>\n" },
        { "the end of a body in a comment is none", "Content-Type: text/html\n\n<body>one«H»</body><!-- </body> -->\n" },
        { "an open comment hides all", "Content-Type: text/html\n\n<body>one«H»</body><!-- </body>\n" },
        { "another tag is no body", "Content-Type: text/html\n\n<body>one</bodyguard>«H»</body>\n" },
        { "alternative", "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nHello«B»\n--b\nContent-Type: text/html\n\n<body>Hello«H»</body>\n--b--\n" },
        { "a preamble and an epilogue", "Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\nHello«B»\n--b--\nepi\n" },
        { "the first text of mixed", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello«B»\n--b\n\nand more\n--b--\n" },
        { "not on a text that is attached", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment\n\nfile\n--b\n\nHello«B»\n--b--\n" },
        { "not on a text with a file's name", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: inline; filename=a.txt\n\nfile\n--b\nContent-Disposition: inline\n\nHello«B»\n--b--\n" },
        { "not on a text with a name", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; name=a.txt\n\nfile\n--b\n\nHello«B»\n--b--\n" },
        { "related: its root", "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<body>Hello«H»</body>\n--b\nContent-Type: text/html\n\n<body>frame</body>\n--b--\n" },
        { "related: the root it names", "Content-Type: multipart/related; start=\"<2>\"; boundary=b\n\n--b\nContent-Type: text/plain\n\nframe\n--b\nContent-Type: text/html\nContent-ID: <2>\n\n<body>Hello«H»</body>\n--b--\n" },
        {
            "alternative in mixed, related in alternative",
            "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/alternative; boundary=a\n\n--a\n\nHello«B»\n--a\n"
            + "Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<body>Hello«H»</body>\n--r\nContent-Type: image/png\n\nxx\n--r--\n\n--a--\n\n"
            + "--m\nContent-Type: application/pdf\n\nyy\n--m--\n"
        },
        { "an invitation's texts, not its calendar", "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nCome«B»\n--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--b--\n" },
        { "not on a message that is forwarded as a part", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: y\n\ninner\n--b\n\nHello«B»\n--b--\n" },
        { "a signed message as a part is not this one's signature", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello«B»\n--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/signed; boundary=s\n\n--s\n\ninner\n--s--\n--b--\n" },
        { "an unknown multipart is mixed", "Content-Type: multipart/strange; boundary=b\n\n--b\n\nHello«B»\n--b--\n" },
        { "the last boundary is missing", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n«T»" },
        { "an inner boundary is missing", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nHello«B»\n--b\nContent-Type: image/png\n\nxx\n--b--\n" },
        { "a public key is no signature", "\nmy key\n-----BEGIN PGP PUBLIC KEY BLOCK-----\nxx\n-----END PGP PUBLIC KEY BLOCK-----\n«T»" },
        { "a signed text that is quoted", "\n> -----BEGIN PGP SIGNED MESSAGE-----\nyes\n«T»" },
        { "an unknown charset can take ASCII", "Content-Type: text/plain; charset=x-strange\n\nHell\xf6\n«T»" },
        { "two fields of one name that is none of MIME's", "Received: a\nReceived: b\nContent-Type: text/plain\n\nHello\n«T»" },
    };

    public static readonly TheoryData<string, string> Unchanged = new()
    {
        { "signed by OpenPGP or S/MIME", "Content-Type: multipart/signed; boundary=b\n\n--b\n\nHello\n--b\nContent-Type: application/pgp-signature\n\nxx\n--b--\n" },
        { "signed inside of what a list sent", "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/signed; boundary=b\n\n--b\n\nHello\n--b--\n--m\n\nlist\n--m--\n" },
        { "encrypted by OpenPGP", "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n\nHello\n--b--\n" },
        { "S/MIME", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nHello\n" },
        { "S/MIME by its old name", "Content-Type: application/x-pkcs7-mime\n\nHello\n" },
        { "S/MIME in mixed", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b\nContent-Type: application/pkcs7-mime\n\nxx\n--b--\n" },
        { "OpenPGP in the text", "\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n-----BEGIN PGP SIGNATURE-----\n" },
        { "OpenPGP in the text, after other text", "\nsee:\n-----BEGIN PGP MESSAGE-----\nxx\n" },
        { "OpenPGP in a text in base64", "Content-Transfer-Encoding: base64\n\nLS0tLS1CRUdJTiBQR1AgTUVTU0FHRS0tLS0tCnh4Cg==\n" },
        { "OpenPGP in HTML", "Content-Type: text/html\n\n<body><pre>-----BEGIN PGP MESSAGE-----\n</pre></body>\n" },
        { "OpenPGP in one of the alternatives", "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n-----BEGIN PGP MESSAGE-----\n--b\nContent-Type: text/html\n\n<body>Hello</body>\n--b--\n" },
        { "a DSN", "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nfailed\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n--b--\n" },
        { "a calendar alone", "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n" },
        { "a picture", "Content-Type: image/png\n\nxx\n" },
        { "an attachment alone", "Content-Disposition: attachment; filename=a.txt\n\nHello\n" },
        { "only attachments", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pdf\n\nxx\n--b\nContent-Disposition: attachment\n\nHello\n--b--\n" },
        { "a forwarded message alone", "Content-Type: message/rfc822\n\nSubject: y\n\ninner\n" },
        { "a digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: y\n\ninner\n--b--\n" },
        { "a multipart without boundary", "Content-Type: multipart/mixed\n\n--b\n\nHello\n--b--\n" },
        { "a multipart without parts", "Content-Type: multipart/mixed; boundary=b\n\nHello\n" },
        { "a part whose header does not end", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n--b--\n" },
        { "a header that does not end", "Subject: x\n" },
        { "two types", "Content-Type: text/plain\nContent-Type: text/html\n\nHello\n" },
        { "two transfer encodings", "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nHello\n" },
        { "an unknown transfer encoding", "Content-Transfer-Encoding: x-uuencode\n\nHello\n" },
        { "another text", "Content-Type: text/enriched\n\n<bold>Hello</bold>\n" },
        { "the footer is there", "\nHello\n\nACME & Co\n" },
        { "the footer is there, quoted", "\nHello\n> yes\n>> ACME\n>> & Co\n" },
        { "the footer is there, in HTML", "Content-Type: text/html\n\n<blockquote>yes<p><b>ACME</b> &amp;<br>\n Co</p></blockquote>Hello\n" },
        { "the footer is there, in quoted-printable", "Content-Transfer-Encoding: quoted-printable\n\nHello\nACME =26 =\nCo\nyes\n" },
    };

    [Theory]
    [MemberData(nameof(Changed))]
    public async Task It_comes_where_the_body_is_read(string name, string marked)
    {
        Assert.NotEmpty(name);
        var (message, expected) = (marked, marked);
        foreach (var (mark, footer) in Marks)
        {
            message = message.Replace(mark, "", StringComparison.Ordinal);
            expected = expected.Replace(mark, footer, StringComparison.Ordinal);
        }

        var changed = await FooterRun.ApplyAsync(message, "ACME & Co");
        Assert.Equal(FooterRun.Crlf(expected), changed);
        Assert.Equal(changed, await FooterRun.ApplyAsync(changed, "ACME & Co"));
    }

    [Theory]
    [MemberData(nameof(Unchanged))]
    public async Task It_comes_nowhere_else(string name, string message)
    {
        Assert.NotEmpty(name);
        Assert.Equal(FooterRun.Crlf(message), await FooterRun.ApplyAsync(message, "ACME & Co"));
    }
}
