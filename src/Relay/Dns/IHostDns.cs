namespace Orleans.Mail.Relay;

/// <summary>Looks up a host that is given by name: the smart host.</summary>
internal interface IHostDns
{
    /// <summary>The addresses of a host, whatever its MX says. Never fails: trouble is an answer, too.</summary>
    Task<MxAnswer> LookUpHostAsync(string name, CancellationToken cancellationToken);
}
