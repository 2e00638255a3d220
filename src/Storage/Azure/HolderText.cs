namespace Orleans.Mail.Storage.Azure;

/// <summary>A sole holder as text beside its body: <c>partition/key</c>; neither may hold a slash.</summary>
internal static class HolderText
{
    private const char Between = '/';

    public static string Write(RowKey holder) => $"{holder.Partition}{Between}{holder.Key}";

    public static RowKey? Read(string? text) =>
        text?.IndexOf(Between, StringComparison.Ordinal) is > 0 and var at ? new RowKey(text[..at], text[(at + 1)..]) : null;
}
