namespace Orleans.Mail.Grains;

/// <summary>Who is there, for claims.</summary>
internal interface IActiveSilos
{
    /// <summary>This silo, with its generation.</summary>
    string Self { get; }

    /// <summary>Whether a silo may still be at work: not when it is dead, or nobody knows it.</summary>
    bool IsAlive(string silo);
}

/// <summary>What the membership says.</summary>
internal sealed class ActiveSilos(ISiloStatusOracle oracle, ILocalSiloDetails self) : IActiveSilos
{
    public string Self { get; } = self.SiloAddress.ToParsableString();

    public bool IsAlive(string silo) => oracle.GetApproximateSiloStatus(SiloAddress.FromParsableString(silo)) is not (SiloStatus.None or SiloStatus.Dead);
}
