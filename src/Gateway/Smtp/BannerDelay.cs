using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>The silence that a client keeps before it is greeted.</summary>
internal static class BannerDelay
{
    /// <summary>Waits; false when the client spoke before. What it said stays in the input.</summary>
    public static async ValueTask<bool> IsKeptAsync(ClientConnection connection, TimeSpan delay, TimeProvider time)
    {
        var reading = connection.ReadAsync().AsTask();
        using var heard = new CancellationTokenSource();
        var waiting = Task.Delay(delay, time, heard.Token);
        if (await Task.WhenAny(reading, waiting) == waiting)
            connection.Input.CancelPendingRead();
        await heard.CancelAsync();
        var read = await reading;
        connection.Input.AdvanceTo(read.Buffer.Start);
        return read.Buffer.IsEmpty;
    }
}
