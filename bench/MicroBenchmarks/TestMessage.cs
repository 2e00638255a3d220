namespace Orleans.Mail.MicroBenchmarks;

/// <summary>A message of text lines, one in ten of which begins with a dot.</summary>
internal static class TestMessage
{
    public static byte[] Create(int size)
    {
        var line = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 0123456789.\r\n"u8;
        var message = new byte[size];
        for (var at = 0; at + line.Length <= size; at += line.Length)
        {
            line.CopyTo(message.AsSpan(at));
            if (at / line.Length % 10 == 0)
                message[at] = (byte)'.';
        }

        message.AsSpan(size / line.Length * line.Length).Fill((byte)'x');
        "\r\n"u8.CopyTo(message.AsSpan(^2..));
        return message;
    }
}
