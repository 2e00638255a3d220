namespace Orleans.Mail.Tools.Tests;

/// <summary>A run of smtpd inside the test's process.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record Tool(int Code, string Output, string Error)
{
    public static async Task<Tool> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Smtpd.RunAsync(arguments, output, error).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        return new Tool(code, output.ToString(), error.ToString());
    }
}
