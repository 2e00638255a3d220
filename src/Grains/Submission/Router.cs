using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains;

/// <summary>Says where a recipient's mail goes. <see cref="RouteWalk"/> has the rules.</summary>
internal sealed class Router(IGrainFactory grains, DomainCopies domains, SenderRewriting senders, IOptions<SubmissionOptions> options)
{
    public IGrainFactory Grains => grains;

    public DomainCopies Domains => domains;

    public SenderRewriting Senders => senders;

    public SubmissionOptions Options => options.Value;

    public async Task<Route> RouteAsync(RouteRequest request)
    {
        var walk = new RouteWalk(this, request);
        await walk.StartAsync();
        return walk.Conclude();
    }
}
