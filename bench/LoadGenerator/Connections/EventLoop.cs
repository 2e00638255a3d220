namespace Orleans.Mail.LoadGenerator.Connections;

/// <summary>
/// Runs all socket completions on the one thread that polls them, so that the generator is a single-threaded event loop:
/// it shares the machine with the server that it measures, and hops to the thread pool cost more than the load itself.
/// </summary>
internal static class EventLoop
{
    /// <summary>Must be called before the first socket is made: the runtime reads these settings once.</summary>
    public static void UseOneThread()
    {
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");
    }
}
