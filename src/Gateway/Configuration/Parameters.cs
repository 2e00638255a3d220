using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace Orleans.Mail.Gateway.Configuration;

/// <summary>
/// Reads parameters from the configuration and refuses bad values with one line that names the parameter, its value and
/// what is allowed. An empty value counts as not set.
/// </summary>
public sealed class Parameters(IConfiguration configuration)
{
    public string? Find(string name) => ParameterSource.Find(configuration, name) is { Value.Length: > 0 } source ? source.Value.Trim() : null;

    public string Text(string name, string fallback) => Find(name) ?? fallback;

    public int WholeNumber(string name, int fallback, int min, int max) => (int)Number(name, fallback, min, max);

    public long Number(string name, long fallback, long min, long max)
    {
        if (Find(name) is not { } value)
            return fallback;
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        throw new ParameterException(name, value, $"a whole number from {min} to {max}");
    }

    /// <summary>A time in whole seconds, the unit of the manual's time-outs.</summary>
    public TimeSpan Seconds(string name, TimeSpan fallback, TimeSpan min, TimeSpan max) =>
        TimeSpan.FromSeconds(Number(name, (long)fallback.TotalSeconds, (long)min.TotalSeconds, (long)max.TotalSeconds));

    public bool Switch(string name, bool fallback) => Find(name)?.ToUpperInvariant() switch
    {
        null => fallback,
        "TRUE" or "ON" or "YES" or "1" => true,
        "FALSE" or "OFF" or "NO" or "0" => false,
        _ => throw new ParameterException(name, Find(name)!, "true or false"),
    };

    /// <summary>One of a few words, in any case; a hyphen in a word stands for nothing in the enum's name.</summary>
    public T Choice<T>(string name, T fallback)
        where T : struct, Enum
    {
        if (Find(name) is not { } value)
            return fallback;
        foreach (var choice in Enum.GetValues<T>())
        {
            if (string.Equals(choice.ToString(), value.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))
                return choice;
        }

        throw new ParameterException(name, value, string.Join(", ", Enum.GetNames<T>()));
    }

    /// <summary>A TCP port; null when it is not set, 0 = any free one.</summary>
    public int? Port(string name) => Find(name) is null ? null : WholeNumber(name, 0, 0, IPEndPoint.MaxPort);

    /// <summary>The port of a listener that needs a certificate: where the operator gave one it is on without being set.</summary>
    public int? TlsPort(string name, int standard) => Port(name) ?? (Find("Tls:Certificate") is null ? null : standard);

    public IPAddress Address(string name, IPAddress fallback)
    {
        if (Find(name) is not { } value)
            return fallback;
        return IPAddress.TryParse(value, out var address) ? address : throw new ParameterException(name, value, "an IP address");
    }

    /// <summary>Addresses and prefixes of addresses (<c>10.0.0.0/8</c>), parted by commas or spaces.</summary>
    public IReadOnlyList<AddressPrefix> Prefixes(string name, IReadOnlyList<AddressPrefix> fallback)
    {
        if (Find(name) is not { } value)
            return fallback;
        var prefixes = new List<AddressPrefix>();
        foreach (var part in value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            prefixes.Add(AddressPrefix.TryParse(part, out var prefix) ? prefix : throw new ParameterException(name, value, "IP addresses or address/length parted by commas"));
        return prefixes;
    }

    /// <summary>A domain in the form in which it is kept; null when it is not set.</summary>
    public string? Domain(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return DomainName.TryParse(value, out var domain) ? domain : throw new ParameterException(name, value, "a domain");
    }

    /// <summary>A mail address; null when it is not set.</summary>
    public MailAddress? Mailbox(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return MailAddress.TryParse(value, out var address) ? address : throw new ParameterException(name, value, "an address");
    }

    /// <summary>Addresses parted by commas or spaces.</summary>
    public IReadOnlyList<IPAddress> Addresses(string name, IReadOnlyList<IPAddress> fallback)
    {
        if (Find(name) is not { } value)
            return fallback;
        var addresses = new List<IPAddress>();
        foreach (var part in value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            addresses.Add(IPAddress.TryParse(part, out var address) ? address : throw new ParameterException(name, value, "IP addresses parted by commas"));
        return addresses;
    }
}
