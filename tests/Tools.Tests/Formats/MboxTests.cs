using System.Text;
using Orleans.Mail.Tools.Formats;

namespace Orleans.Mail.Tools.Tests.Formats;

/// <summary>mbox files as they are found.</summary>
public sealed class MboxTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("From a@b Sun Nov 22 20:35:36 2026\nSubject: x\n\none\n\n", "Subject: x\r\n\r\none\r\n")]
    [InlineData("From a\none\n\nFrom b\ntwo\n\n", "one\r\n", "two\r\n")]
    [InlineData("From a\none\n\nFrom b\ntwo", "one\r\n", "two\r\n")]
    [InlineData("From a\none\nFrom here on\n\n", "one\r\nFrom here on\r\n")]
    [InlineData("From a\none\n\n>From here on\n>>From\n\n", "one\r\n\r\nFrom here on\r\n>>From\r\n")]
    [InlineData("From a\r\none\r\n\r\nFrom b\r\ntwo\nlines\r\n\r\n", "one\r\n", "two\nlines\r\n")]
    [InlineData("From a\n\nFrom b\nx\n\n\n\n", "", "x\r\n\r\n\r\n")]
    [InlineData("\n\nFrom a\nx\n", "x\r\n")]
    [InlineData("From a\n", "")]
    public async Task The_messages_of_a_file_are_found(string file, params string[] messages) =>
        Assert.Equal(messages, await ReadAsync(file));

    [Fact]
    public async Task A_file_without_a_From_line_is_no_mbox() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync("Subject: x\n\nFrom me\n"));

    [Fact]
    public async Task Messages_are_found_wherever_the_blocks_of_the_file_end()
    {
        const int block = 64 * 1024;
        for (var shift = -12; shift <= 2; shift++)
        {
            var filler = new string('x', block - "From a\n\n\n".Length + shift);
            Assert.Equal([filler + "\r\n", "two\r\n"], await ReadAsync($"From a\n{filler}\n\nFrom b\ntwo\n\n"));
        }
    }

    [Theory]
    [InlineData("Return-Path: <me@client.test>\r\nx", "me@client.test")]
    [InlineData("Return-Path: <>\r\n", null)]
    [InlineData("Received: x\r\n", null)]
    [InlineData("Return-Path: <cut", null)]
    public void The_sender_is_in_the_first_field(string head, string? sender) =>
        Assert.Equal(sender, Mbox.SenderOf(Encoding.UTF8.GetBytes(head)));

    [Fact]
    public void The_From_line_has_the_form_that_programs_read()
    {
        var time = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2));
        Assert.Equal("From me@client.test Wed Mar  4 03:06:07 2026\r\n", Mbox.FromLine("me@client.test", time));
        Assert.Equal("From MAILER-DAEMON Wed Mar  4 03:06:07 2026\r\n", Mbox.FromLine(null, time));
        Assert.Equal("From MAILER-DAEMON Wed Mar  4 03:06:07 2026\r\n", Mbox.FromLine("two words@client.test", time));
    }

    private async Task<List<string>> ReadAsync(string file)
    {
        await File.WriteAllTextAsync(folder["x.mbox"], file, Encoding.Latin1, TestContext.Current.CancellationToken);
        var messages = new List<string>();
        foreach (var message in Mbox.Read(folder["x.mbox"]))
        {
            for (var again = 0; again < 2; again++)
            {
                await using var stream = message.Open();
                using var reader = new StreamReader(stream, Encoding.Latin1);
                var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
                if (again == 0)
                    messages.Add(text);
                else
                    Assert.Equal(messages[^1], text);
            }
        }

        return messages;
    }
}
