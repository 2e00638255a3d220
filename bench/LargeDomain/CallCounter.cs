using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Orleans.Mail.LargeDomain;

/// <summary>Calls of one type of grain.</summary>
/// <param name="Type">The type.</param>
/// <param name="Calls">Of all its activations.</param>
/// <param name="Activations">Those that were called.</param>
/// <param name="Busiest">Calls of the one that was called most.</param>
internal sealed record TypeCalls(string Type, long Calls, int Activations, long Busiest);

/// <summary>Counts calls where they come in, for each activation.</summary>
internal sealed class CallCounter : IIncomingGrainCallFilter
{
    private ConcurrentDictionary<ActivationId, (string Type, StrongBox<long> Calls)> counts = new();

    public Task Invoke(IIncomingGrainCallContext context)
    {
        var grain = context.TargetContext;
        var counted = counts.GetOrAdd(grain.ActivationId, static (_, type) => (type.ToString()!, new StrongBox<long>()), grain.GrainId.Type);
        Interlocked.Increment(ref counted.Calls.Value);
        return context.Invoke();
    }

    /// <summary>What was counted since it was taken last.</summary>
    public IReadOnlyList<TypeCalls> Take() =>
    [
        .. Interlocked.Exchange(ref counts, new()).Values
            .GroupBy(static each => each.Type)
            .Select(static type => new TypeCalls(type.Key, type.Sum(static each => each.Calls.Value), type.Count(), type.Max(static each => each.Calls.Value)))
            .OrderByDescending(static type => type.Calls),
    ];
}
