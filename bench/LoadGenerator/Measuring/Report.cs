using System.Globalization;

namespace Orleans.Mail.LoadGenerator.Measuring;

/// <summary>What a run measured: named numbers in order, printed as one line.</summary>
internal sealed class Report(string mode)
{
    private readonly List<(string Name, string Value)> numbers = [];

    /// <summary>Whether the run did all that it was asked for.</summary>
    public bool Succeeded { get; init; }

    public void Add(string name, long value) => numbers.Add((name, value.ToString(CultureInfo.InvariantCulture)));

    public void Add(string name, double value, int digits) =>
        numbers.Add((name, Math.Round(value, digits).ToString($"F{digits}", CultureInfo.InvariantCulture)));

    /// <summary>Adds what this process cost the machine since its start, in CPU seconds.</summary>
    public void AddOwnCost() => Add("loadgen_cpu_s", Environment.CpuUsage.TotalTime.TotalSeconds, 3);

    public void Write(TextWriter output, bool json)
    {
        output.WriteLine(json
            ? $"{{\"mode\":\"{mode}\",{string.Join(',', numbers.Select(number => $"\"{number.Name}\":{number.Value}"))}}}"
            : $"{mode}: {string.Join("  ", numbers.Select(number => $"{number.Name}={number.Value}"))}");
        output.Flush();
    }
}
