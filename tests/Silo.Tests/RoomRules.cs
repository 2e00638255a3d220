using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Orleans.Mail.Silo.Tests;

/// <summary>The arrows between the rooms, as docs/architecture.md draws them: a project may reference these and no others.</summary>
public sealed class RoomRules
{
    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Grains.Interfaces"] = [],
        ["Protocols"] = [],
        ["Storage"] = ["Grains.Interfaces"],
        ["Grains"] = ["Grains.Interfaces", "Storage"],
        ["Relay"] = ["Grains.Interfaces", "Grains", "Protocols", "Storage"],
        ["Gateway"] = ["Grains.Interfaces", "Protocols", "Storage"],
        ["Silo"] = ["Grains.Interfaces", "Grains", "Storage", "Gateway", "Relay"],
        ["Tools"] = ["Grains.Interfaces", "Grains", "Storage", "Gateway", "Silo"],
    };

    private static readonly (string Package, string[] Rooms, string[] Namespaces)[] OnlyHere =
    [
        ("SQLitePCLRaw", ["Storage"], ["Storage/Sqlite/"]),
        ("Azure.", ["Storage"], ["Storage/Azure/"]),
        ("DnsClient", ["Relay"], ["Relay/"]),
        ("MimeKit", ["Gateway", "Grains", "Relay"], ["Gateway/Footers/", "Grains/Lists/", "Grains/Reports/", "Relay/Sending/"]),
    ];

    public static TheoryData<string> Rooms => [.. Directory.GetDirectories(Source).Select(path => Path.GetFileName(path))];

    private static string Source => Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "src");

    [Theory, MemberData(nameof(Rooms))]
    public void A_room_references_only_the_rooms_it_may_know(string room)
    {
        Assert.True(MayReference.TryGetValue(room, out var allowed), $"{room} is a new room: say here whom it may know");
        Assert.Empty(References(room, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)).Except(allowed));
    }

    [Theory, MemberData(nameof(Rooms))]
    public void A_backends_package_stands_in_one_room_and_one_folder(string room)
    {
        foreach (var (package, rooms, folders) in OnlyHere)
        {
            if (!rooms.Contains(room))
                Assert.DoesNotContain(References(room, "PackageReference"), reference => reference.StartsWith(package, StringComparison.Ordinal));

            var usings = Sources(room).Where(file => File.ReadLines(file).Any(line => line.StartsWith($"using {package}", StringComparison.Ordinal)));
            Assert.All(usings, file => Assert.Contains(folders, folder => file.Replace('\\', '/').Contains(folder, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void The_protocols_know_neither_Orleans_nor_sockets()
    {
        Assert.Empty(References("Protocols", "PackageReference"));
        Assert.All(Sources("Protocols"), file =>
            Assert.DoesNotContain(File.ReadLines(file), line => line.StartsWith("using System.Net.Sockets", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_file_is_longer_than_500_lines()
    {
        var files = Directory.GetDirectories(Source).SelectMany(room => Sources(Path.GetFileName(room))).ToArray();
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => File.ReadLines(file).Count() > 500);
    }

    private static IEnumerable<string> References(string room, string kind) =>
        XDocument.Load(Path.Combine(Source, room, $"{room}.csproj")).Descendants(kind)
            .Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/'));

    private static IEnumerable<string> Sources(string room) =>
        Directory.EnumerateFiles(Path.Combine(Source, room), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
