using System.Net;
using System.Text;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.EndToEnd.Server;

/// <summary>
/// Plays the management commands of a transcript on a live server and compares what it answers, whole reply by whole
/// reply. With <c>UPDATE_TRANSCRIPTS=1</c> the replies are written into the file instead, for somebody to read.
/// </summary>
internal static class LiveTranscript
{
    public static async Task PlayAsync(IPEndPoint management, string file)
    {
        var lines = await File.ReadAllLinesAsync(file);
        using var client = await LineClient.ConnectAsync(management);
        await client.ManageReplyAsync();
        var played = new List<string>();
        foreach (var line in lines.Where(line => !line.StartsWith("S: ", StringComparison.Ordinal)))
        {
            played.Add(line);
            if (line.StartsWith("C: ", StringComparison.Ordinal))
                played.AddRange((await client.ManageAsync(line[3..])).Select(reply => "S: " + reply));
        }

        if (Environment.GetEnvironmentVariable("UPDATE_TRANSCRIPTS") == "1")
        {
            await File.WriteAllLinesAsync(file, Keep(lines, played));
            return;
        }

        for (var i = 0; i < Math.Max(lines.Length, played.Count); i++)
        {
            var expected = i < lines.Length ? lines[i] : "the end";
            var actual = i < played.Count ? played[i] : "the end";
            Assert.True(Fits(expected, actual), $"{Path.GetFileName(file)} line {i + 1}\n  expected {expected}\n  actual   {actual}\n  after    {played.Take(i).LastOrDefault(line => line.StartsWith("C: ", StringComparison.Ordinal))}");
        }
    }

    // A line that stands for any of its kind stays as it is.
    private static IEnumerable<string> Keep(string[] before, List<string> now) =>
        now.Select(line => before.FirstOrDefault(old => old.Contains("{*}", StringComparison.Ordinal) && Fits(old, line)) ?? line);

    private static bool Fits(string expected, string actual) =>
        TranscriptText.Matches(Encoding.Latin1.GetBytes(expected), actual);
}
