using System.Net;

namespace Orleans.Mail.LoadGenerator.Connections;

/// <summary>Reads <c>HOST:PORT</c>. Only literal loopback addresses are taken: this program must never load a foreign server.</summary>
internal static class LoopbackAddress
{
    public static bool TryParse(string text, out IPEndPoint address, out string refusal)
    {
        refusal = "";
        if (!IPEndPoint.TryParse(text, out address!) || address.Port == 0)
            refusal = $"'{text}' is not ADDRESS:PORT";
        else if (!IPAddress.IsLoopback(address.Address))
            refusal = $"'{text}' is not a loopback address";
        return refusal.Length == 0;
    }
}
