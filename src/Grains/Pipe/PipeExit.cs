namespace Orleans.Mail.Grains;

/// <summary>How a program ended.</summary>
/// <param name="Code">Its exit code, 128 and the signal's number when one ended it; null when it took too long and was ended.</param>
/// <param name="Output">The beginning of its standard output.</param>
/// <param name="Errors">The beginning of its standard error.</param>
internal sealed record PipeExit(int? Code, string Output, string Errors);
