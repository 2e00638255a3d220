namespace Orleans.Mail.Tools.Formats;

/// <summary>A message in a mail file.</summary>
/// <param name="Where">For people: file, or file and offset.</param>
/// <param name="Id">The message id that our own export gave it; null in a mailbox of another origin.</param>
/// <param name="Open">Reads it from its beginning, each time anew, with CRLF line ends.</param>
internal sealed record FoundMessage(string Where, MessageId? Id, Func<Stream> Open);
