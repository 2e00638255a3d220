using System.Text.RegularExpressions;

namespace Orleans.Mail.Deploy.Tests.Images;

public sealed partial class DockerfileTests
{
    private static readonly Dockerfile File = Dockerfile.Read();

    [Fact]
    public void Every_base_is_a_pinned_image_or_a_stage()
    {
        Assert.All(File.Stages.Values, stage => Assert.True(File.Stages.ContainsKey(stage.Base) || ImageName.IsPinned(stage.Base), stage.Base));
        Assert.Contains("-chiseled", File.Stages["runtime"].Base, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name", false)]
    [InlineData("name:latest", false)]
    [InlineData("name:10.0", false)]
    [InlineData("registry.test/name:10.0.1-noble", true)]
    public void A_tag_that_moves_is_not_pinned(string name, bool pinned) => Assert.Equal(pinned, ImageName.IsPinned(name));

    [Theory]
    [InlineData("silo", "src/Silo/Silo.csproj")]
    [InlineData("gateway", "src/Gateway/Gateway.csproj")]
    [InlineData("tools", "src/Tools/Tools.csproj")]
    public void An_image_runs_the_project_that_was_published_for_it(string image, string project)
    {
        var published = File.Stages["build"].Instructions.Single(each => each.Word == "RUN").Text;
        Assert.Contains($"dotnet publish {project} -c Release -a $TARGETARCH --no-self-contained -o /out/{image} ", published, StringComparison.Ordinal);
        Assert.Contains(("COPY", $"--from=build /out/{image} ."), File.Stages[image].Instructions);
        Assert.Equal(["dotnet", $"{AssemblyOf(project)}.dll"], File.Exec(image, "ENTRYPOINT"));
    }

    [Fact]
    public void What_is_copied_from_the_repository_is_there_and_not_ignored()
    {
        var ignore = System.IO.File.ReadAllLines(Repository.PathOf("deploy/Dockerfile.dockerignore"));
        var copies = File.Stages["build"].Instructions.Where(each => each.Word == "COPY").SelectMany(each => each.Text.Split(' ')[..^1]).ToArray();
        Assert.NotEmpty(copies);
        Assert.All(copies, source =>
        {
            Assert.True(Path.Exists(Repository.PathOf(source)), source);
            Assert.Contains($"!{source}", ignore);
        });
    }

    [Theory, InlineData("silo"), InlineData("gateway"), InlineData("tools")]
    public void An_image_runs_as_a_numbered_user_who_is_not_root(string image) =>
        Assert.Matches(@"^[1-9]\d*:[1-9]\d*$", File.Find(image, "USER"));

    [Theory, InlineData("silo"), InlineData("gateway")]
    public void An_image_asks_itself_whether_it_is_healthy(string image) =>
        Assert.Equal([.. File.Exec(image, "ENTRYPOINT"), "health"], File.Exec(image, "HEALTHCHECK"));

    [Theory, InlineData("silo"), InlineData("gateway")]
    public void An_image_listens_above_1024_and_says_where(string image)
    {
        var exposed = File.Find(image, "EXPOSE")!.Split(' ').Select(int.Parse).ToArray();
        Assert.All(exposed, port => Assert.InRange(port, 1024, 65_535));
        foreach (var (_, port) in File.EnvironmentOf(image).Where(each => Port().IsMatch(each.Key)))
            Assert.Contains(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), exposed);
    }

    [Theory, InlineData("silo"), InlineData("gateway"), InlineData("tools")]
    public void Every_variable_of_an_image_is_one_that_is_read(string image) =>
        Variables.AssertKnown(File.EnvironmentOf(image).Select(each => KeyValuePair.Create<string, string?>(each.Key, each.Value)));

    private static string AssemblyOf(string project) =>
        AssemblyName().Match(Repository.Read(project)) is { Success: true } named
            ? named.Groups[1].Value
            : $"Orleans.Mail.{Path.GetFileNameWithoutExtension(project)}";

    [GeneratedRegex("<AssemblyName>(.*)</AssemblyName>")]
    private static partial Regex AssemblyName();

    [GeneratedRegex("^(PORT_|Health__Port)")]
    private static partial Regex Port();
}
