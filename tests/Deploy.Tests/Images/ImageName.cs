using System.Text.RegularExpressions;

namespace Orleans.Mail.Deploy.Tests.Images;

/// <summary>Names of images.</summary>
internal static partial class ImageName
{
    /// <summary>Whether a name means the same image tomorrow, as far as a name can: a full version or a digest.</summary>
    public static bool IsPinned(string name) => Pinned().IsMatch(name);

    [GeneratedRegex(@"^[a-z0-9./-]+(:\d+\.\d+\.\d+(-[a-z0-9-]+)?|@sha256:[0-9a-f]{64})$")]
    private static partial Regex Pinned();
}
