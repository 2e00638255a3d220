using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Gateway;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Configuration;
using Orleans.Serialization.Invocation;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>A gateway that was upgraded before the silos: it calls a method that they do not know.</summary>
public sealed class OlderSiloTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly byte[] Text = "Subject: x\r\n\r\nhello\r\n"u8.ToArray();

    private readonly SharedStore store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_method_that_a_silo_does_not_know_is_a_temporary_refusal_until_it_is_upgraded()
    {
        store.Change = services => services.PostConfigure<TypeManifestOptions>(known => Assert.Equal(1, known.Serializers.RemoveWhere(IsOfSubmit)));
        var older = await store.StartSiloAsync();
        store.Change = null;
        var gateway = await store.StartGatewayAsync();
        await ServerUnderTest.ManageAsync(gateway.Endpoint("management"), "DOMAIN ADD NAME=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");

        Assert.StartsWith("451 4.3.0", await SendAsync(gateway), StringComparison.Ordinal);

        await store.StartSiloAsync();
        await older.DisposeAsync();
        await Eventually.HoldsAsync(Soon, async () => (await SendAsync(gateway)).StartsWith("250", StringComparison.Ordinal));
        Assert.Single(await Wire.FetchAllAsync(gateway.Endpoint("pop3"), "mick@acme.test"));
    }

    private static Task<string> SendAsync(GatewayServer gateway) => Wire.SendAsync(gateway.Endpoint("smtp"), "mick@acme.test", Text);

    /// <summary>Whether a type reads and writes calls of ISubmissionGrain.SubmitAsync.</summary>
    private static bool IsOfSubmit(Type codec) => codec.GetInterfaces().Any(face =>
        face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IFieldCodec<>)
        && face.GenericTypeArguments[0] is { ContainsGenericParameters: false } call && typeof(IInvokable).IsAssignableFrom(call)
        && Activator.CreateInstance(call) is IInvokable invokable
        && invokable.GetInterfaceType() == typeof(ISubmissionGrain) && invokable.GetMethodName() == nameof(ISubmissionGrain.SubmitAsync));
}
