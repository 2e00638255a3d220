using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Orleans.Mail.Storage.Azure;

/// <summary>
/// Tells the service when we shall have given up a request, so that it gives it up, too: what we took for lost is not
/// carried out much later.
/// </summary>
internal sealed class ServerTimeoutPolicy(TimeSpan timeout) : HttpPipelineSynchronousPolicy
{
    private readonly string seconds = ((int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    public override void OnSendingRequest(HttpMessage message) => message.Request.Uri.AppendQuery("timeout", seconds);
}
