namespace Orleans.Mail.Gateway.Smtp;

/// <summary>
/// The router under several keys in turn. A client hands all calls for one key to one silo, and a stateless worker works
/// where its calls come in: under one key, one silo would do all the routing of a gateway.
/// </summary>
internal sealed class Routers(IGrainFactory grains)
{
    /// <summary>Several for each silo, so that their shares are nearly the same.</summary>
    private const int Keys = 32;

    private readonly ISubmissionGrain?[] routers = new ISubmissionGrain?[Keys];
    private uint calls;

    // A client knows the grains once it is connected, and this is made before.
    public ISubmissionGrain Next()
    {
        var key = Interlocked.Increment(ref calls) % Keys;
        return routers[key] ??= grains.GetGrain<ISubmissionGrain>(key);
    }
}
