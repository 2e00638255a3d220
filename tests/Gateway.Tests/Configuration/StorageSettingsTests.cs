using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Tests.Configuration;

/// <summary>The choice of the store, and what is said when it cannot be made.</summary>
public sealed class StorageSettingsTests
{
    private const string Connection = "AccountName=a;AccountKey=AAAA;EndpointSuffix=core.windows.net;DefaultEndpointsProtocol=https";

    [Fact]
    public void The_embedded_store_is_the_default() => Assert.False(StorageSettings.From(OptionsSources.Of()).IsShared);

    [Theory]
    [InlineData("Storage:ConnectionString", Connection)]
    [InlineData("Storage:AccountName", "mailaccount")]
    public void The_shared_store_needs_an_account(string name, string value) =>
        Assert.True(StorageSettings.From(OptionsSources.Of(("Storage:Provider", "azure"), (name, value))).IsShared);

    [Theory]
    [InlineData("Storage:Provider", "files", "Storage:Provider = 'files'")]
    [InlineData("Storage:Name", "Mail", "Storage:Name = 'Mail'")]
    [InlineData("Storage:ConnectionString", "", "Storage:ConnectionString or Storage:AccountName")]
    [InlineData("Storage:ConnectionString", "AccountKey=secret", "Storage:ConnectionString is no connection string")]
    [InlineData("Storage:AccountName", "mailaccount", "Storage:ConnectionString or Storage:AccountName")]
    public void What_is_wrong_is_named_without_secrets(string name, string value, string reason)
    {
        var values = new Dictionary<string, string?> { ["Storage:Provider"] = "azure", ["Storage:ConnectionString"] = Connection, [name] = value };
        var refusal = Assert.Throws<ParameterException>(() => StorageSettings.From(OptionsSources.Of([.. values.Select(each => (each.Key, each.Value))])));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_accounts_name_is_checked()
    {
        var refusal = Assert.Throws<ParameterException>(
            () => StorageSettings.From(OptionsSources.Of(("Storage:Provider", "azure"), ("Storage:AccountName", "my.account"))));
        Assert.Contains("Storage:AccountName must be", refusal.Message, StringComparison.Ordinal);
    }
}
