namespace Orleans.Mail.Grains.Tests.Contracts;

public sealed class ContractTests
{
    private const string Golden = "tests/Grains.Tests/Contracts.golden.txt";

    /// <summary>
    /// Silos and gateways of two releases run side by side in a rolling upgrade. A type, a member or a method may be
    /// added; what is there may not change or go, and an id or an alias is never used again.
    /// </summary>
    [Fact]
    public void The_contracts_are_the_accepted_ones()
    {
        var actual = ContractText.Describe(typeof(MailAddress).Assembly);
        var file = Path.Combine(RepositoryRoot(), Golden);
        if (Environment.GetEnvironmentVariable("UPDATE_CONTRACTS") == "1")
            File.WriteAllText(file, actual);
        var accepted = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";

        if (actual == accepted)
            return;
        var removed = accepted.Split('\n').Except(actual.Split('\n')).Select(line => "- " + line);
        var added = actual.Split('\n').Except(accepted.Split('\n')).Select(line => "+ " + line);
        Assert.Fail($"""
            The contracts of src/Grains.Interfaces are not those of {Golden}:
            {string.Join('\n', removed.Concat(added))}
            Lines with + alone are an additive change: accept it by running this test with UPDATE_CONTRACTS=1 and
            committing the file. A line with - breaks a cluster in a rolling upgrade: keep the old member or method, and
            add the new one beside it with an id or alias of its own.
            """);
    }

    [Fact]
    public void Every_contract_has_an_alias_and_every_member_an_id()
    {
        Assert.Empty(ContractText.FindUnnamed(typeof(MailAddress).Assembly));
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.Mail.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("the tests do not run inside the repository");
        return folder.FullName;
    }
}
