using System.Reflection;
using System.Text.Json;

namespace Orleans.Mail.Deploy.Tests.Azure;

/// <summary>The template for Azure, compiled against the types of its resources. No network.</summary>
public sealed class BicepTests
{
    [Fact]
    public async Task The_template_compiles_without_a_warning_and_gives_the_identity_its_roles()
    {
        using var template = await CompileAsync(Repository.PathOf("deploy/azure/main.bicep"));
        var resources = template.RootElement.GetProperty("resources").EnumerateObject().Select(each => each.Value.GetProperty("type").GetString()).ToArray();
        Assert.Contains("Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials", resources);
        Assert.Contains("Microsoft.ContainerService/managedClusters", resources);
        Assert.Contains("Microsoft.ContainerRegistry/registries", resources);
        var roles = template.RootElement.GetProperty("variables");
        Assert.Equal("0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", roles.GetProperty("storageTableDataContributor").GetString());
        Assert.Equal("ba92f5b4-2d11-453d-a403-e96b0029c9fe", roles.GetProperty("storageBlobDataContributor").GetString());
    }

    [Fact]
    public async Task A_property_that_a_resource_does_not_have_is_found()
    {
        var folder = Directory.CreateTempSubdirectory("orleans-mail-");
        try
        {
            var file = Path.Combine(folder.FullName, "wrong.bicep");
            var template = Repository.Read("deploy/azure/main.bicep").Replace("allowSharedKeyAccess", "allowSharedKeyAcces", StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, template, TestContext.Current.CancellationToken);
            var (_, _, error) = await BuildAsync(file);
            Assert.Contains("BCP089", error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<JsonDocument> CompileAsync(string file)
    {
        var (exitCode, output, error) = await BuildAsync(file);
        Assert.Equal("", error);
        Assert.Equal(0, exitCode);
        return JsonDocument.Parse(output);
    }

    private static async Task<(int ExitCode, string Output, string Error)> BuildAsync(string file)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64, "the compiler's package is for Linux on x64");
        var compiler = typeof(BicepTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(each => each.Key == "Bicep").Value!;
        return (await Command.TryRunAsync(compiler, "build", file, "--stdout")).GetValueOrDefault();
    }
}
