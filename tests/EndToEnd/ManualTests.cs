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

    private static string Folder() => ReferenceFile.PathOf("tests/EndToEnd/Transcripts/Manual");
}
