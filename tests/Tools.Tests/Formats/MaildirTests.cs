using System.Text;
using Orleans.Mail.Tools.Formats;

namespace Orleans.Mail.Tools.Tests.Formats;

/// <summary>Maildirs of ours and of others.</summary>
public sealed class MaildirTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_name_carries_the_id_and_the_order_of_arrival()
    {
        Assert.True(MessageId.TryParse("01M82R1999H8ZBE2355GHE4XET", out var id));
        var entry = new MailboxEntry(id, 42, 0, default, "");
        var name = MaildirName.Of(entry, "acme.test", 258);
        Assert.Equal("1795388646.M01M82R1999H8ZBE2355GHE4XETQ42.acme.test,S=258", name);
        Assert.Equal(id, MaildirName.IdOf(name));
        Assert.Equal(id, MaildirName.IdOf(name + ":2,SF"));
        Assert.Equal(MaildirName.Base(name), MaildirName.Base(name + ":2,S"));
    }

    [Theory]
    [InlineData("1600000000.M1P1.host:2,S")]
    [InlineData("1600000000.M01M82R1999H8ZBE2355GHE4XET.host")]
    [InlineData("01M82R1999H8ZBE2355GHE4XET")]
    public void Names_of_others_carry_no_id(string name) => Assert.Null(MaildirName.IdOf(name));

    [Fact]
    public async Task Messages_come_in_the_order_of_arrival_and_hidden_and_unfinished_files_do_not()
    {
        Put("cur/20.b.host:2,S", "two\n");
        Put("new/100.c.host", "three\r\n");
        Put("cur/9.a.host", "one");
        Put("cur/.hidden", "x");
        Put("tmp/1.x.host", "x");
        Assert.Equal(["one\r\n", "two\r\n", "three\r\n"], await ReadAsync());
    }

    [Fact]
    public async Task A_file_with_CRLF_line_ends_is_taken_octet_for_octet()
    {
        Put("new/1.a.host", "a\r\nlone\nlf and \r cr\r\n");
        Put("new/2.b.host", "a\nlone\rcr\r\n");
        Assert.Equal(["a\r\nlone\nlf and \r cr\r\n", "a\r\nlone\rcr\r\n"], await ReadAsync());
    }

    private void Put(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        File.WriteAllText(folder[name], text, Encoding.Latin1);
    }

    private async Task<List<string>> ReadAsync()
    {
        var messages = new List<string>();
        foreach (var message in new Maildir(folder.Path).Read())
        {
            await using var stream = message.Open();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            messages.Add(await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        return messages;
    }
}
