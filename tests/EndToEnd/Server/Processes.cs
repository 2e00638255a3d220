namespace Orleans.Mail.EndToEnd.Server;

/// <summary>Tests with several processes, or that kill one at a random moment, run alone: beside others the machine would be late, and not the server.</summary>
[CollectionDefinition(nameof(Processes), DisableParallelization = true)]
public sealed class Processes;
