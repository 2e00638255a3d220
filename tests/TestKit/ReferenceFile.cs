namespace Orleans.Mail.TestKit;

/// <summary>Files of the repository: pages of the documentation that are made from the code, and what tests compare with.</summary>
public static class ReferenceFile
{
    private const string Rewrite = "UPDATE_DOCS";

    /// <summary>Throws when the file of the repository is not <paramref name="expected"/>; writes it instead when UPDATE_DOCS is 1.</summary>
    public static void AssertIs(string path, string expected)
    {
        var file = PathOf(path);
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
            File.WriteAllText(file, expected);
        if (!File.Exists(file) || File.ReadAllText(file).ReplaceLineEndings("\n") != expected)
            throw new InvalidDataException($"{path} is not what the code says; run the tests with {Rewrite}=1 and look at the difference");
    }

    /// <summary>Where a file of the repository is.</summary>
    public static string PathOf(string path) => Path.Combine(Root(), path);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.Mail.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("the tests do not run inside the repository");
        return folder.FullName;
    }
}
