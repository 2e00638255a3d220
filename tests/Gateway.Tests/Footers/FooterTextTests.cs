using System.Text;
using MimeKit;
using Orleans.Mail.Gateway.Footers;

namespace Orleans.Mail.Gateway.Tests.Footers;

/// <summary>How a footer is written: charsets, transfer encodings, line ends, and each text once.</summary>
public sealed class FooterTextTests
{
    [Theory]
    // What is known to be ASCII stays; what does not fit becomes UTF-8, in a form that 7-bit mail can carry.
    [InlineData("\nHello\n", "é", "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nHello\n\n=C3=A9\n")]
    [InlineData("Content-Type: text/plain; charset=us-ascii\nX: y\n\nHello\n", "é", "Content-Type: text/plain; charset=utf-8\nX: y\nMIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\nHello\n\n=C3=A9\n")]
    [InlineData("MIME-Version: 1.0\nContent-Type: text/plain;\n charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nH\xe9llo\n", "é", "MIME-Version: 1.0\nContent-Type: text/plain;\n charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nH\xe9llo\n\n\xe9\n")]
    [InlineData("MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nH\xe9llo\n", "ж", "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nH\xc3\xa9llo\n\n\xd0\xb6\n")]
    [InlineData("MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nH\xc3\xa9llo\n", "ж", "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nH\xc3\xa9llo\n\n\xd0\xb6\n")]
    [InlineData("MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n\nHello\n", "é", "MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nHello\n\n=E9\n")]
    [InlineData("MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nH=E9llo=\n=20you =3D\n", "é = 1", "MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nH=E9llo you =3D\n\n=E9 =3D 1\n")]
    [InlineData("MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nH=E9llo\n", "ж", "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nH=C3=A9llo\n\n=D0=B6\n")]
    // "Héllo" and CRLF in base64, in Latin-1; then with the footer in UTF-8.
    [InlineData("MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\nSOlsbG8NCg==\n", "ж", "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nSMOpbGxvDQoNCtC2DQo=\n")]
    // ISO-2022-JP is 7-bit and shifts: the text's shift stays its own.
    [InlineData("MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B$3\x1b(B\n", "は", "MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B$3\x1b(B\n\n\x1b$B$O\x1b(B\n")]
    // It says ASCII and is UTF-8; it says ASCII and is nothing that is known; its charset is not known.
    [InlineData("MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\nH\xc3\xa9llo\n", "é", "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nH\xc3\xa9llo\n\n\xc3\xa9\n")]
    [InlineData("Content-Transfer-Encoding: 8bit\n\nH\xe9llo\n", "é", "Content-Transfer-Encoding: 8bit\n\nH\xe9llo\n")]
    [InlineData("Content-Type: text/plain; charset=x-strange\n\nHello\n", "é", "Content-Type: text/plain; charset=x-strange\n\nHello\n")]
    // HTML never needs more than ASCII.
    [InlineData("Content-Type: text/html; charset=iso-8859-1\n\n<body>Hi</body>\n", "ж <b>", "Content-Type: text/html; charset=iso-8859-1\n\n<body>Hi<div><br>\n&#1078; &lt;b&gt;</div>\n</body>\n")]
    [InlineData("Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<body class=3D1>Hi</bo=\ndy>\n", "a\nb", "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<body class=3D1>Hi<div><br>\na<br>\nb</div>\n</body>\n")]
    public async Task A_text_keeps_its_form_if_it_can_hold_the_footer(string message, string footer, string expected)
    {
        var changed = await FooterRun.ApplyAsync(message, footer);
        Assert.Equal(FooterRun.Crlf(expected), changed);
        Assert.Equal(changed, await FooterRun.ApplyAsync(changed, footer));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16be")]
    [InlineData("utf-32")]
    public async Task A_charset_that_holds_no_ascii_becomes_utf_8(string charset)
    {
        var part = new TextPart("plain") { ContentTransferEncoding = ContentEncoding.Base64 };
        part.SetText(charset, "Hé\r\n");
        using var message = new MimeMessage { Body = part };

        var changed = await FooterRun.ApplyAsync(Write(message), "Foot");

        using var read = MimeMessage.Load(new MemoryStream(changed), TestContext.Current.CancellationToken);
        Assert.Equal("utf-8", ((TextPart)read.Body!).ContentType.Charset);
        Assert.Equal("Hé\r\n\r\nFoot\r\n", ((TextPart)read.Body!).Text.ReplaceLineEndings("\r\n"));
    }

    [Fact]
    public async Task Flowed_text_stays_flowed()
    {
        var changed = await FooterRun.ApplyAsync("Content-Type: text/plain; format=flowed\n\nHello \nyou\n", "From us  \n> here\n-- \nACME");

        Assert.Equal(FooterRun.Crlf("Content-Type: text/plain; format=flowed\n\nHello \nyou\n\n From us\n > here\n-- \nACME\n"), changed);
        Assert.Equal(changed, await FooterRun.ApplyAsync(changed, "From us  \n> here\n-- \nACME"));
    }

    [Fact]
    public async Task A_long_line_is_encoded_not_cut()
    {
        var footer = new string('x', 2000);
        var changed = await FooterRun.ApplyAsync("MIME-Version: 1.0\n\nHello\n", footer);

        Assert.True(changed.Split("\r\n").Max(line => line.Length) <= 998);
        using var read = MimeMessage.Load(new MemoryStream(Encoding.Latin1.GetBytes(changed)), TestContext.Current.CancellationToken);
        Assert.Equal($"Hello\r\n\r\n{footer}\r\n", ((TextPart)read.Body!).Text.ReplaceLineEndings("\r\n"));
    }

    [Fact]
    public async Task A_line_of_998_octets_is_written_as_it_is()
    {
        var footer = new string('x', 998);
        Assert.Equal($"\r\nHello\r\n\r\n{footer}\r\n", await FooterRun.ApplyAsync("\nHello\n", footer));
    }

    [Theory]
    [InlineData("\nHello\n", "one", "two", "\nHello\n\none\n\ntwo\n")]
    [InlineData("\nHello\n", "one", "one", "\nHello\n\none\n")]
    [InlineData("\nHello\n", "one\ntwo", "two", "\nHello\n\none\ntwo\n")]
    [InlineData("\nHello\n\none\n", "one", "two", "\nHello\n\none\n\ntwo\n")]
    [InlineData("\nthe one and only\n", "one", "and", "\nthe one and only\n\none\n\nand\n")]
    [InlineData("Content-Type: text/html\n\nHello", "one", "one", "Content-Type: text/html\n\nHello<div><br>\none</div>\n")]
    public async Task Each_text_comes_once(string message, string first, string second, string expected) =>
        Assert.Equal(FooterRun.Crlf(expected), await FooterRun.ApplyAsync(message, first, second));

    [Theory]
    [InlineData("")]
    [InlineData("\r\n \r\n\t\n")]
    [InlineData("\ufeff\n")]
    [InlineData("> >\n>\n")]
    public void A_text_that_says_nothing_is_no_footer(string text) => Assert.Null(FooterText.Parse(text));

    [Fact]
    public void Line_ends_and_empty_lines_around_do_not_matter() =>
        Assert.Equal("a\r\n\r\nb\r\n", FooterText.Parse("\ufeff\n \r\na \n\r\nb\r\r")!.ToPlain(flowed: false));

    [Theory]
    [InlineData("\n", "foot", "\nfoot\n")]
    [InlineData("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\xc3\xa9", "\u0436", "\n\xd0\xb6\n")]
    // What would have to be read or encoded anew as a whole is left alone.
    [InlineData("\n", "\u0436", "")]
    [InlineData("Content-Type: text/html\n\n", "foot", "")]
    [InlineData("Content-Transfer-Encoding: quoted-printable\n\n", "foot", "")]
    [InlineData("\n-----BEGIN PGP MESSAGE-----\n", "foot", "")]
    public async Task To_a_text_beyond_the_bound_a_footer_can_be_added(string begin, string footer, string added)
    {
        var message = begin + string.Concat(Enumerable.Repeat(new string('x', 70) + "\n", 16_000));
        Assert.True(message.Length > FooterPlan.MaxText);

        var changed = await FooterRun.ApplyAsync(message, footer);

        Assert.Equal(FooterRun.Crlf(message + added), changed);
        Assert.Equal(changed, await FooterRun.ApplyAsync(changed, footer));
    }

    [Fact]
    public async Task More_texts_than_anybody_reads_are_left_alone()
    {
        var message = "Content-Type: multipart/alternative; boundary=b\n\n" + string.Concat(Enumerable.Repeat("--b\n\nHello\n", FooterPlan.MaxTexts + 1)) + "--b--\n";
        Assert.Equal(FooterRun.Crlf(message), await FooterRun.ApplyAsync(message, "foot"));
    }

    private static byte[] Write(MimeMessage message)
    {
        var written = new MemoryStream();
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        message.WriteTo(format, written, TestContext.Current.CancellationToken);
        return written.ToArray();
    }
}
