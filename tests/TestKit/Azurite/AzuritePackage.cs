using System.Diagnostics;
using System.Security.Cryptography;

namespace Orleans.Mail.TestKit.Azurite;

/// <summary>
/// The emulator's npm package, pinned by the lock file beside this one. It is installed once for each lock file, in the
/// user's cache folder; processes that want it at the same time wait for the first.
/// </summary>
internal static class AzuritePackage
{
    private const string Script = "azurite.cjs";

    private static readonly string[] Files = ["package.json", "package-lock.json", Script];
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    /// <summary>Installs it if it is missing.</summary>
    /// <returns>The script to run with Node.js.</returns>
    public static async Task<string> InstallAsync(CancellationToken cancellationToken)
    {
        var root = Path.Combine(CacheFolder(), "orleans-mail");
        var folder = Path.Combine(root, $"azurite-{Fingerprint()}");
        var script = Path.Combine(folder, Script);
        if (Directory.Exists(folder))
            return script;
        Directory.CreateDirectory(root);
        await using var only = await LockAsync(folder + ".lock", cancellationToken);
        if (Directory.Exists(folder))
            return script;

        // What a killed process left half done is taken away; a folder with the final name is whole.
        var draft = folder + ".draft";
        if (Directory.Exists(draft))
            Directory.Delete(draft, recursive: true);
        Directory.CreateDirectory(draft);
        foreach (var file in Files)
        {
            await using var target = File.Create(Path.Combine(draft, file));
            await Open(file).CopyToAsync(target, cancellationToken);
        }

        await RunNpmAsync(draft, cancellationToken);
        Directory.Move(draft, folder);
        return script;
    }

    private static string CacheFolder() =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".cache")
        : Path.GetTempPath();

    private static string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files)
        {
            using var content = new MemoryStream();
            Open(file).CopyTo(content);
            hash.AppendData(content.ToArray());
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    private static Stream Open(string file) => typeof(AzuritePackage).Assembly.GetManifestResourceStream($"azurite/{file}")!;

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(InstallLimit);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(Step, limit.Token); // another process installs
            }
        }
    }

    private static async Task RunNpmAsync(string folder, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(InstallLimit);
        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = npm.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = await npm.StandardError.ReadToEndAsync(limit.Token);
        await npm.WaitForExitAsync(limit.Token);
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"npm could not install Azurite: {errors}{await output}");
    }
}
