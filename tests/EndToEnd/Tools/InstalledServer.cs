using System.Net;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Tools.Tests;

namespace Orleans.Mail.EndToEnd.Tools;

/// <summary>A server on this host as its operator has it: started and stopped by smtpd, in a folder of its own.</summary>
internal sealed class InstalledServer : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private Dictionary<string, IPEndPoint> endpoints = [];

    public IPEndPoint Smtp => endpoints["smtp"];

    public IPEndPoint Pop3 => endpoints["pop3"];

    public IPEndPoint Management => endpoints["management"];

    public string Store => this["data"];

    public string PidFile => Path.Combine(Store, "pid");

    public string this[string name] => Path.Combine(folder.Path, name);

    /// <summary>Runs smtpd with the server's settings.</summary>
    public Task<Tool> RunAsync(params string[] arguments) => Tool.RunAsync([.. arguments, .. ServerUnderTest.Arguments(Store)]);

    /// <summary>Runs it, and it must succeed; returns its output.</summary>
    public async Task<string> DoAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return run.Output.Trim();
    }

    /// <summary>Returns when it is ready.</summary>
    public async Task StartAsync()
    {
        var ready = await DoAsync("start");
        Assert.StartsWith("ready: ", ready, StringComparison.Ordinal);
        endpoints = ready["ready: ".Length..].Split(' ').Select(each => each.Split('=')).ToDictionary(each => each[0], each => IPEndPoint.Parse(each[1]));
    }

    /// <summary>Starts it and makes users of acme.test, each with the password secret.</summary>
    public async Task StartWithAsync(params string[] users)
    {
        await StartAsync();
        await ServerUnderTest.ManageAsync(Management, ["DOMAIN ADD NAME=acme.test", .. users.Select(user => $"USER ADD NAME={user} DOMAIN=acme.test PASS=secret")]);
    }

    public Task<string> StopAsync() => DoAsync("stop");

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop");
        folder.Dispose();
    }
}
