using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains;

/// <summary>Who is there, for claims.</summary>
internal interface IActiveSilos
{
    /// <summary>This silo, with its generation.</summary>
    string Self { get; }

    /// <summary>Whether a silo may still be at work: not when it is dead, or nobody knows it.</summary>
    bool IsAlive(string silo);
}

/// <summary>
/// What the membership says. It is not everywhere the same at the same time: in a cluster a silo that nobody knows here
/// may have joined just now, and gets the benefit of the doubt; its claims end by their deadlines at the latest. A silo
/// that is alone knows no other one, and whatever was there before it is gone.
/// </summary>
internal sealed class ActiveSilos(ISiloStatusOracle oracle, ILocalSiloDetails self, IOptions<QueueOptions> options) : IActiveSilos
{
    public string Self { get; } = self.SiloAddress.ToParsableString();

    public bool IsAlive(string silo) => oracle.GetApproximateSiloStatus(SiloAddress.FromParsableString(silo)) switch
    {
        SiloStatus.Dead => false,
        SiloStatus.None => options.Value.IsClustered,
        _ => true,
    };
}
