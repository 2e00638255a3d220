using System.Globalization;

namespace Orleans.Mail.Gateway.Logging;

/// <summary>The file of the day, <c>extremail-YYYY-MM-DD.log</c> (UTC): a new one each day, old ones removed. Used by one thread.</summary>
internal sealed class DailyLogFile(string directory, TimeSpan keep, TimeProvider time) : IDisposable
{
    private const string Prefix = "extremail-";
    private const string DateFormat = "yyyy-MM-dd";

    private FileStream? file;
    private DateOnly day;

    public void Write(ReadOnlySpan<byte> text) => Today().Write(text);

    public void Flush() => file?.Flush();

    public void Dispose() => file?.Dispose();

    private FileStream Today()
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (file is not null && today == day)
            return file;
        file?.Dispose();
        Directory.CreateDirectory(directory);
        RemoveOld(today);
        day = today;
        var name = $"{Prefix}{today.ToString(DateFormat, CultureInfo.InvariantCulture)}.log";
        return file = new FileStream(Path.Combine(directory, name), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 64 * 1024);
    }

    private void RemoveOld(DateOnly today)
    {
        var oldest = today.AddDays(-(int)keep.TotalDays);
        foreach (var path in Directory.EnumerateFiles(directory, $"{Prefix}*.log"))
        {
            var name = Path.GetFileNameWithoutExtension(path)[Prefix.Length..];
            if (DateOnly.TryParseExact(name, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date < oldest)
                File.Delete(path);
        }
    }
}
