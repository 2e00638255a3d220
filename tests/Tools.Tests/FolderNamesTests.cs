using Orleans.Mail.Grains;
using Orleans.Mail.Tools.Mailboxes;

namespace Orleans.Mail.Tools.Tests;

/// <summary>What mailboxes are called in an export.</summary>
public sealed class FolderNamesTests
{
    [Theory]
    [InlineData("mick", "", "mick")]
    [InlineData("mick", "michael", "michael")]
    [InlineData("mick", "/home/mick/", "home%2Fmick")]
    [InlineData("mick", "../../etc", "%2E.%2F..%2Fetc")]
    [InlineData("mick", "/", "mick")]
    [InlineData("a/b", "", "a%2Fb")]
    [InlineData(".hidden", "", "%2Ehidden")]
    [InlineData("50%", "", "50%25")]
    [InlineData("jürgen", "", "jürgen")]
    public void A_mailbox_is_called_by_its_DIR_or_its_name_and_cannot_lead_elsewhere(string local, string directory, string name) =>
        Assert.Equal(name, new FolderNames([User(local, directory)]).Of(User(local, directory)));

    [Fact]
    public void A_DIR_of_more_than_200_characters_is_not_used() =>
        Assert.Equal("mick", new FolderNames([User("mick", new string('x', 201))]).Of(User("mick", new string('x', 201))));

    [Fact]
    public void Two_mailboxes_never_share_a_name()
    {
        StoredUser[] users = [User("a", "box"), User("b", "BOX"), User("c", "d"), User("d", ""), User("e", "e")];
        var names = new FolderNames(users);
        Assert.Equal(["a", "b", "c", "d", "e"], users.Select(names.Of));
    }

    private static StoredUser User(string local, string directory) => new(local, "acme.test", "id", directory);
}
