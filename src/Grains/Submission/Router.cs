using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains;

/// <summary>Says where a recipient's mail goes. <see cref="RouteWalk"/> has the rules.</summary>
internal sealed class Router(IGrainFactory grains, DomainCopies domains, SenderRewriting senders, IOptions<SubmissionOptions> options)
{
    public IGrainFactory Grains => grains;

    public DomainCopies Domains => domains;

    public SenderRewriting Senders => senders;

    public SubmissionOptions Options => options.Value;

    /// <param name="request">Whose mail goes where.</param>
    /// <param name="isPost">
    /// A list sends it to a member: an operator chose the members, so a list among them takes it; and whether there is
    /// room for it is left to the delivery.
    /// </param>
    public async Task<Route> RouteAsync(RouteRequest request, bool isPost = false)
    {
        var walk = new RouteWalk(this, request, isPost);
        await walk.StartAsync();
        return walk.Conclude();
    }
}
