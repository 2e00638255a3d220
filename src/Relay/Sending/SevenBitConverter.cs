using MimeKit;

namespace Orleans.Mail.Relay.Sending;

/// <summary>
/// Makes a message with octets over 127 one that a host without 8BITMIME takes: parts become quoted-printable or base64
/// (RFC 6152 3). Small messages are changed in memory, larger ones in temporary files, two at a time.
/// </summary>
internal sealed class SevenBitConverter : IDisposable
{
    /// <summary>Octets of a message that is converted: a parser holds a header as long as it is.</summary>
    public const long MaxSize = 64 * 1024 * 1024;

    private const int InMemory = 1024 * 1024;
    private const int LineLength = 76;

    private readonly SemaphoreSlim turns = new(2);

    /// <summary>The converted message, or why there is none.</summary>
    public async Task<(Stream? Message, string Failure)> ConvertAsync(MessageSource source, CancellationToken cancellationToken)
    {
        if (source.Size > MaxSize)
            return (null, "5.6.3 the message is too large to be converted for a host without 8BITMIME");
        await turns.WaitAsync(cancellationToken);
        try
        {
            await using var original = Spool(source.Size);
            await source.RestartAsync(cancellationToken);
            for (ReadOnlyMemory<byte> block; !(block = await source.ReadAsync(cancellationToken)).IsEmpty;)
                await original.WriteAsync(block, cancellationToken);
            original.Position = 0;
            return await ConvertAsync(original, cancellationToken);
        }
        finally
        {
            turns.Release();
        }
    }

    public void Dispose() => turns.Dispose();

    private static async Task<(Stream? Message, string Failure)> ConvertAsync(Stream original, CancellationToken cancellationToken)
    {
        MimeMessage message;
        try
        {
            message = await MimeMessage.LoadAsync(ParserOptions.Default, original, persistent: true, cancellationToken);
        }
        catch (FormatException)
        {
            return (null, "5.6.3 the message cannot be converted for a host without 8BITMIME: it is no MIME");
        }

        using (message)
        {
            if (IsSigned(message))
                return (null, "5.6.3 the host takes no 8-bit messages, and converting this one would break its signature");
            message.Prepare(EncodingConstraint.SevenBit, LineLength);
            message.MimeVersion ??= new Version(1, 0);
            EncodeHeader(message.Headers);
            var converted = Spool(original.Length * 2);
            var format = FormatOptions.Default.Clone();
            format.NewLineFormat = NewLineFormat.Dos;
            format.EnsureNewLine = true;
            await message.WriteToAsync(format, converted, cancellationToken);
            converted.Position = 0;
            return (converted, "");
        }
    }

    // Raw octets in a header become encoded words (RFC 2047).
    private static void EncodeHeader(HeaderList headers)
    {
        foreach (var header in headers.Where(header => !System.Text.Ascii.IsValid(header.RawValue)).ToArray())
            header.SetValue(System.Text.Encoding.UTF8, header.Value);
    }

    private static bool IsSigned(MimeMessage message) =>
        message.Headers.Contains(HeaderId.DkimSignature) || message.BodyParts.Any(IsCipher) || Multiparts(message.Body).Any();

    private static bool IsCipher(MimeEntity part) =>
        part.ContentType.IsMimeType("application", "pkcs7-mime") || part.ContentType.IsMimeType("application", "x-pkcs7-mime") || part.ContentType.IsMimeType("application", "pgp-encrypted");

    private static IEnumerable<MimeEntity> Multiparts(MimeEntity? part) => part switch
    {
        Multipart { ContentType: var type } signed when type.IsMimeType("multipart", "signed") || type.IsMimeType("multipart", "encrypted") => [signed],
        Multipart many => many.SelectMany(Multiparts),
        MessagePart { Message: { } inner } => Multiparts(inner.Body),
        _ => [],
    };

    private static Stream Spool(long size)
    {
        if (size <= InMemory)
            return new MemoryStream();
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
    }
}
