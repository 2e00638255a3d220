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
/// What the membership says. It is not everywhere the same at the same time: a silo that nobody knows here may have
/// joined just now. One that is older than this silo would have been found when this one joined, so it is gone; a younger
/// one gets the benefit of the doubt, and its claims end by their deadlines at the latest.
/// </summary>
internal sealed class ActiveSilos(ISiloStatusOracle oracle, ILocalSiloDetails self) : IActiveSilos
{
    public string Self { get; } = self.SiloAddress.ToParsableString();

    public bool IsAlive(string silo)
    {
        var address = SiloAddress.FromParsableString(silo);
        return oracle.GetApproximateSiloStatus(address) switch
        {
            SiloStatus.Dead => false,
            SiloStatus.None => address.Generation > self.SiloAddress.Generation,
            _ => true,
        };
    }
}
