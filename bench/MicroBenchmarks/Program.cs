using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

// `--quick` runs everything once in this process: it only shows that the benchmarks work. All else is BenchmarkDotNet's.
var config = DefaultConfig.Instance.AddDiagnoser(MemoryDiagnoser.Default);
if (args is ["--quick"])
{
    config = config.AddJob(Job.Dry.WithToolchain(InProcessEmitToolchain.Instance));
    args = ["--filter", "*"];
}

var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
