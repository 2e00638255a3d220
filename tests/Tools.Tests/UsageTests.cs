namespace Orleans.Mail.Tools.Tests;

/// <summary>The command line itself: exit code 2 for what is none of ours, and no option of the manual that means something else.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData]
    [InlineData("fly")]
    [InlineData("login")]
    [InlineData("login", "a", "b")]
    [InlineData("login", "a\nb")]
    [InlineData("adddomain")]
    [InlineData("adddomain", "-d", "acme.test", "-p", "many")]
    [InlineData("adddomain", "-d", "acme.test", "-p", "0")]
    [InlineData("adddomain", "-d", "acme.test", "-p", "65536")]
    [InlineData("adddomain", "-d", "acme.test\r\nQUIT")]
    [InlineData("adduser", "-u", "mick")]
    [InlineData("adduser", "-d", "acme.test")]
    [InlineData("adduser", "-u", "mick", "-d", "acme.test", "-w", "a\0b")]
    [InlineData("backup")]
    [InlineData("restore")]
    [InlineData("export", "folder", "--mailbox", "mick")]
    [InlineData("export", "folder", "--format", "pst")]
    [InlineData("start", "--NO_PARAMETER=1")]
    [InlineData("status", "--help-me")]
    public async Task A_command_line_that_is_none_of_ours_is_exit_code_2(params string[] arguments)
    {
        var run = await Tool.RunAsync(arguments);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.NotEmpty(run.Error);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("backup", "folder")]
    [InlineData("restore", "folder")]
    [InlineData("export", "folder")]
    [InlineData("import", ".")]
    public async Task What_works_on_the_embedded_stores_files_says_so_when_the_store_is_another(params string[] arguments)
    {
        var run = await Tool.RunAsync([.. arguments, "--Storage:Provider=azure", "--Storage:AccountName=mailaccount"]);
        Assert.Equal(ExitCode.Refused, run.Code);
        Assert.StartsWith("this command needs the embedded store, but Storage:Provider is azure", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-?")]
    [InlineData("adduser", "-?")]
    [InlineData("export", "--help")]
    public async Task Help_is_asked_for_by_a_question_mark_or_in_words(params string[] arguments)
    {
        var run = await Tool.RunAsync(arguments);
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_is_h_and_not_help()
    {
        var run = await Tool.RunAsync("adddomain", "-h");
        Assert.Equal(ExitCode.Usage, run.Code);
    }

    [Fact]
    public async Task Version_names_the_version_of_the_manual_and_ours()
    {
        var run = await Tool.RunAsync("version");
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Matches(@"^eXtremail V1\.1 release 10 \(Orleans\.Mail V\d+\.\d+\.\d+\)\s*$", run.Output);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_exit_code_1_and_its_address_is_said()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop(); // a port that nobody listens on now
        var run = await Tool.RunAsync("adddomain", "-h", "127.0.0.1", "-p", $"{port}", "-l", "system", "-d", "acme.test");
        Assert.Equal(ExitCode.Refused, run.Code);
        Assert.Contains($"127.0.0.1 port {port}", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("backup", "target")]
    [InlineData("export", "target")]
    [InlineData("import", ".")]
    public async Task What_needs_a_store_says_where_none_is(string command, string path)
    {
        using var folder = new TemporaryFolder();
        var run = await Tool.RunAsync(command, folder[path], $"--Storage:Path={folder["no-store"]}");
        Assert.Equal(ExitCode.Refused, run.Code);
        Assert.Contains(folder["no-store"], run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
