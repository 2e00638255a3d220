using Orleans.Mail.Gateway.Footers;
using Orleans.Mail.Gateway.Tests.Manage;

namespace Orleans.Mail.Gateway.Tests.Footers;

/// <summary>Which files can become footers, by the class and by the command.</summary>
public sealed class FooterFilesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("footers-");
    private readonly string inside;
    private readonly string outside;

    public FooterFilesTests()
    {
        inside = folder.CreateSubdirectory("inside").FullName;
        outside = folder.CreateSubdirectory("outside").FullName;
        File.WriteAllText(Path.Combine(outside, "secret"), "secret");
    }

    private FooterFiles Files => new(new FooterOptions { Directory = inside });

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("foot.txt")]
    [InlineData("sub/../foot.txt")]
    [InlineData("sub/foot.txt")]
    [InlineData("link-inside")]
    [InlineData("{inside}/foot.txt")]
    public async Task A_file_in_the_folder_is_read(string name)
    {
        Write("foot.txt", "ACME\n");
        Directory.CreateDirectory(Path.Combine(inside, "sub"));
        Write("sub/foot.txt", "ACME\n");
        Link("link-inside", "sub/foot.txt");
        name = name.Replace("{inside}", inside, StringComparison.Ordinal);

        Assert.Equal(new DomainFooter(name, "ACME\n"), await Files.ReadAsync(name));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("../outside/secret")]
    [InlineData("{outside}/secret")]
    [InlineData("/etc/hostname")]
    [InlineData("link-file")]
    [InlineData("link-folder/secret")]
    [InlineData("link-link/secret")]
    [InlineData("link-relative")]
    [InlineData("link-loop")]
    [InlineData(".")]
    [InlineData("sub")]
    [InlineData("a\0b")]
    [InlineData("foot.txt/x")]
    [InlineData("{inside}-x/secret")]
    public async Task Anything_else_is_not(string name)
    {
        Write("foot.txt", "ACME\n");
        Directory.CreateDirectory(Path.Combine(inside, "sub"));
        Directory.CreateDirectory(inside + "-x");
        File.WriteAllText(inside + "-x/secret", "secret");
        Link("link-file", Path.Combine(outside, "secret"));
        Link("link-folder", outside);
        Link("link-link", "link-folder");
        Link("link-relative", "../outside/secret");
        Link("link-loop", "link-loop");

        Assert.Null(await Files.ReadAsync(name.Replace("{inside}", inside, StringComparison.Ordinal).Replace("{outside}", outside, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_folder_itself_may_be_a_link()
    {
        Write("foot.txt", "ACME\n");
        var link = Path.Combine(folder.FullName, "link");
        Directory.CreateSymbolicLink(link, inside);

        Assert.NotNull(await new FooterFiles(new FooterOptions { Directory = link }).ReadAsync("foot.txt"));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(FooterFiles.MaxLength, true)]
    [InlineData(FooterFiles.MaxLength + 1, false)]
    public async Task A_footer_has_its_limit(int length, bool taken)
    {
        Write("foot.txt", new string('x', length));
        Assert.Equal(taken, await Files.ReadAsync("foot.txt") is not null);
    }

    [Theory]
    [InlineData(new byte[] { 0x48, 0xe9 })]
    [InlineData(new byte[] { 0x48, 0x00 })]
    [InlineData(new byte[] { 0x1b, 0x5b, 0x41 })]
    [InlineData(new byte[] { 0x20, 0x0d, 0x0a })]
    public async Task What_is_no_text_is_no_footer(byte[] content)
    {
        await File.WriteAllBytesAsync(Path.Combine(inside, "foot.txt"), content, TestContext.Current.CancellationToken);
        Assert.Null(await Files.ReadAsync("foot.txt"));
    }

    [Fact]
    public async Task Without_a_folder_none_can_be_named_but_in_development_any()
    {
        Write("foot.txt", "\ufeffACME\n");
        var path = Path.Combine(inside, "foot.txt");

        Assert.Null(await new FooterFiles(new FooterOptions()).ReadAsync(path));
        Assert.Equal(new DomainFooter(path, "ACME\n"), await new FooterFiles(new FooterOptions { AnyPath = true }).ReadAsync(path));
        Assert.Equal(DomainFooter.None, await new FooterFiles(new FooterOptions()).ReadAsync(""));
    }

    [Fact]
    public async Task The_commands_keep_the_text_and_show_the_file()
    {
        Write("in.txt", "welcome\n");
        Write("out.txt", "bye é\n");
        await using var server = new ManagementServer(footers: new FooterOptions { Directory = inside });
        var answers = await server.AskAsync(
            [
                "LOGIN system",
                "DOMAIN ADD NAME=acme.test MAILINFOOTER=in.txt MAILOUTFOOTER=out.txt",
                "DOMAIN LIST NAME=acme.test",
                "DOMAIN MOD NAME=acme.test SHOWFOOTER=1 MAILOUTFOOTER=",
                "DOMAIN MOD NAME=acme.test MAILINFOOTER=../outside/secret MAXUSERS=5",
                "DOMAIN MOD NAME=acme.test SHOWFOOTER=4",
                "DOMAIN ADD NAME=beta.test MAILOUTFOOTER=missing",
                "DOMAIN LIST ALL",
            ],
            null,
            TestContext.Current.CancellationToken);

        Assert.Equal(
            [
                "OK0100 logged in",
                "OK0300 acme.test added",
                "Name : acme.test",
                "DefaultMailbox : ",
                "DefMaxInMailSize : 0",
                "DefMaxOutMailSize : 0",
                "MaxInMailSize : 0",
                "MaxOutMailSize : 0",
                "DefQuota : 0",
                "MaxUsers : 0",
                "MailInFooter : in.txt (8 octets)",
                "MailOutFooter : out.txt (7 octets)",
                "ShowFooter : 3",
                "Users : 0",
                "OK0300 1 listed",
                "OK0300 acme.test changed",
                "ER0305 MAILINFOOTER='../outside/secret' is not allowed: it must be a file in Footers:Directory with at most 16384 octets of UTF-8 text, or nothing",
                "ER0305 SHOWFOOTER='4' is not allowed: it must be 1, 2 or 3, or nothing",
                "ER0305 MAILOUTFOOTER='missing' is not allowed: it must be a file in Footers:Directory with at most 16384 octets of UTF-8 text, or nothing",
                "acme.test",
                "OK0300 1 listed",
            ],
            answers);
        var settings = server.Cluster.Domains["acme.test"].Settings;
        Assert.Equal(new DomainSettings { IncomingFooter = new("in.txt", "welcome\n"), ShowFooter = FooterChoice.Incoming }, settings);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(inside, name), text);

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(inside, name), target);
}
