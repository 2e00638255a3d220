using System.Net.Sockets;
using System.Text;

namespace Orleans.Mail.LoadGenerator.Measuring;

/// <summary>Counts errors and shows the first few on standard error.</summary>
internal sealed class ErrorLog
{
    private const int Shown = 5;

    private int count;

    public int Count => Volatile.Read(ref count);

    public void Add(string what, string text)
    {
        if (Interlocked.Increment(ref count) <= Shown)
            Console.Error.WriteLine($"{what}: {text}");
    }

    public void Add(string what, ReadOnlyMemory<byte> line) => Add(what, Encoding.UTF8.GetString(line.Span));

    /// <summary>Whether an exception means a lost connection and no bug.</summary>
    public static bool IsConnectionLoss(Exception exception) =>
        exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException;
}
