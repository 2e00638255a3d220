using System.Globalization;

namespace Orleans.Mail.Gateway.Logging;

/// <summary>The file of the day, <c>extremail-YYYY-MM-DD.log</c> (UTC): a new one each day, old ones removed. Used by one thread.</summary>
internal sealed class DailyLogFile(string directory, TimeSpan keep, TimeProvider time) : IDisposable
{
    private const string Prefix = "extremail-";
    private const string DateFormat = "yyyy-MM-dd";

    private FileStream? file;
    private DateOnly day;

    /// <summary>Writes whole lines. After trouble the next call begins with a new file handle.</summary>
    public void Write(ReadOnlySpan<byte> text)
    {
        try
        {
            Today().Write(text);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    // Nothing is buffered here, so there is nothing that could fail to be written.
    public void Dispose()
    {
        file?.Dispose();
        file = null;
    }

    private FileStream Today()
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (file is not null && today == day)
            return file;
        Dispose();
        Directory.CreateDirectory(directory);
        RemoveOld(today);
        day = today;
        var name = $"{Prefix}{today.ToString(DateFormat, CultureInfo.InvariantCulture)}.log";
        return file = new FileStream(Path.Combine(directory, name), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
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
