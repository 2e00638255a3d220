using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Cluster;

/// <summary>Answers the cluster about this gateway.</summary>
public sealed class GatewayObserver(ClientConnections connections, RecentMessages messages) : IGatewayObserver
{
    private const int MaxPage = 1000;

    public Task<IReadOnlyList<SessionInfo>> ListSessionsAsync(SessionProtocol protocol, long after, int limit)
    {
        var kind = protocol == SessionProtocol.Smtp ? ProtocolKind.Smtp : ProtocolKind.Pop3;
        var page = connections.List(kind, after, Math.Clamp(limit, 1, MaxPage));
        return Task.FromResult<IReadOnlyList<SessionInfo>>(page.Select(Describe).ToArray());
    }

    public Task<AcceptedMessage?> FindMessageAsync(MessageId id) => Task.FromResult(messages.Find(id));

    private static SessionInfo Describe(ClientConnection connection)
    {
        var facts = connection.Session?.Describe() ?? new SessionFacts("");
        return new(connection.Number, connection.RemoteAddress.ToString(), connection.Started, facts.Name, facts.Sender, facts.Recipient, facts.Size);
    }
}
