using System.Buffers;
using System.IO.Pipelines;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>
/// The wire as the session uses it: replies are collected and sent when the client has nothing more to be answered
/// (RFC 2920 3.2), and only a wait that really waits starts a clock.
/// </summary>
internal sealed class SmtpWire(ClientConnection connection)
{
    private bool unsent;
    private bool waiting;

    /// <summary>The wait ran out.</summary>
    public bool TimedOut => connection.TimedOut;

    public void Write(SmtpReply reply)
    {
        connection.Replies.Write(reply.Octets);
        unsent = true;
    }

    /// <summary>
    /// Reads more. When nothing is there, sends the replies first and waits up to <paramref name="limit"/>, counted from
    /// the first wait since <see cref="EndWait"/>.
    /// </summary>
    public async ValueTask<ReadResult> ReadAsync(TimeSpan limit)
    {
        var read = connection.ReadAsync();
        if (!read.IsCompleted)
        {
            await FlushAsync();
            if (!waiting)
                connection.StartWait(limit);
            waiting = true;
        }

        return await read;
    }

    public void Advance(SequencePosition consumed) => connection.Input.AdvanceTo(consumed);

    public void Advance(SequencePosition consumed, SequencePosition examined) => connection.Input.AdvanceTo(consumed, examined);

    /// <summary>What was waited for has come.</summary>
    public void EndWait()
    {
        if (waiting)
            connection.EndWait();
        waiting = false;
    }

    /// <summary>Sends what is due and begins TLS.</summary>
    public Task StartTlsAsync()
    {
        unsent = false;
        return connection.StartTlsAsync();
    }

    public ValueTask FlushAsync()
    {
        if (!unsent)
            return ValueTask.CompletedTask;
        unsent = false;
        return connection.FlushAsync();
    }
}
