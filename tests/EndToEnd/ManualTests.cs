using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.EndToEnd;

/// <summary>
/// Walks the manual: each command in each form that it gives, over TCP to a live server, in the order of its chapters.
/// Each chapter begins with an empty server.
/// </summary>
public sealed class ManualTests
{
    public static TheoryData<string> Chapters => [.. Directory.EnumerateFiles(Folder(), "*.transcript").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Every_command_of_a_chapter_answers_as_written(string chapter)
    {
        using var footers = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(footers.Path, "in.txt"), "for those who read\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(footers.Path, "out.txt"), "from those who write\n", TestContext.Current.CancellationToken);
        await using var server = await ServerUnderTest.StartEmptyAsync($"--Footers:Directory={footers.Path}");

        await LiveTranscript.PlayAsync(server.Management, Path.Combine(Folder(), chapter + ".transcript"));
    }

    [Fact]
    public async Task The_first_steps_of_the_docs_answer_as_written()
    {
        var page = await File.ReadAllTextAsync(ReferenceFile.PathOf("docs/first-steps.md"), TestContext.Current.CancellationToken);
        var lines = page.Split("```", 3)[1].Trim('\n').Split('\n');
        await using var server = await ServerUnderTest.StartEmptyAsync();
        using var telnet = await LineClient.ConnectAsync(server.Management);

        var heard = new List<string>(await telnet.ManageReplyAsync());
        while (heard.Count < lines.Length)
        {
            heard.Add(lines[heard.Count]);
            heard.AddRange(await telnet.ManageAsync(lines[heard.Count - 1]));
        }

        Assert.Equal(lines, heard);
    }

    private static string Folder() => ReferenceFile.PathOf("tests/EndToEnd/Transcripts/Manual");
}
