namespace Orleans.Mail.TestKit.Faults;

/// <summary>Which calls of one kind fail, and how: the next ones first, then whatever is on.</summary>
public sealed class FaultPlan
{
    private readonly Lock gate = new();
    private readonly Queue<Fault?> next = new();
    private Fault? always;
    private int calls;

    /// <summary>Calls made, failed ones too.</summary>
    public int Calls => Volatile.Read(ref calls);

    /// <summary>The next <paramref name="times"/> calls.</summary>
    public FaultPlan Next(Fault fault, int times = 1) => Queue(fault, times);

    /// <summary>The next <paramref name="times"/> calls go well.</summary>
    public FaultPlan Skip(int times = 1) => Queue(null, times);

    /// <summary>All calls until the result is disposed.</summary>
    public IDisposable While(Fault fault)
    {
        lock (gate)
            always = fault;
        return new Switch(this);
    }

    internal Fault? Take()
    {
        Interlocked.Increment(ref calls);
        lock (gate)
            return next.TryDequeue(out var fault) ? fault : always;
    }

    private FaultPlan Queue(Fault? fault, int times)
    {
        lock (gate)
        {
            for (var i = 0; i < times; i++)
                next.Enqueue(fault);
        }

        return this;
    }

    private void Off()
    {
        lock (gate)
            always = null;
    }

    private sealed class Switch(FaultPlan plan) : IDisposable
    {
        public void Dispose() => plan.Off();
    }
}
