using Orleans.Mail.Gateway.Telemetry;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Tests.Telemetry;

public sealed class GatewayTracingTests
{
    [Fact]
    public void A_span_that_nobody_listens_to_allocates_nothing()
    {
        var id = MessageId.New(TimeProvider.System);
        Trace(id);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Trace(id);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Trace(MessageId id)
    {
        using var message = GatewayTracing.StartMessage(id);
        message.SetOutcome(1, 5000, SmtpReplies.Done);
        using var retrieval = GatewayTracing.StartRetrieval(id, 5000);
        Assert.Null(message);
        Assert.Null(retrieval);
    }
}
