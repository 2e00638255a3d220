namespace Orleans.Mail.Gateway.Tests.Abuse;

/// <summary>The budgets, blocks and traces of a cluster in memory. An address is blocked at <see cref="Budget"/> failures, an account guarded at <see cref="AccountBudget"/>.</summary>
internal sealed class FakeAbuse(TimeProvider time)
{
    private readonly Dictionary<string, FakeTimedList> lists = new(StringComparer.Ordinal);

    public int Budget { get; set; } = int.MaxValue;

    public int AccountBudget { get; set; } = int.MaxValue;

    /// <summary>While it is set, every call fails with it.</summary>
    public Exception? Trouble { get; set; }

    /// <summary>Failures by address or account.</summary>
    public Dictionary<string, int> Failures { get; } = new(StringComparer.Ordinal);

    /// <summary>Calls of gateways that counted a failure.</summary>
    public int Calls { get; private set; }

    public FakeTimedList Blocks => Find(ITimedListGrain.Blocks);

    public FakeTimedList Traces => Find(ITimedListGrain.Traces);

    public FakeTimedList Find(string key) => lists.TryGetValue(key, out var list) ? list : lists[key] = new FakeTimedList(this);

    public IClientBudgetGrain Client(string prefix) => new FakeClient(this, prefix);

    public IAccountBudgetGrain Account(string address) => new FakeAccount(this, address);

    /// <summary>The grain of that kind and key; null when it is none of these.</summary>
    public object? Resolve(Type kind, object key) =>
        kind == typeof(ITimedListGrain) ? Find((string)key)
        : kind == typeof(IClientBudgetGrain) ? Client((string)key)
        : kind == typeof(IAccountBudgetGrain) ? Account((string)key)
        : null;

    private int Count(string key) => Failures[key] = Failures.GetValueOrDefault(key) + 1;

    /// <summary>A list of timed entries that remembers all its changes.</summary>
    internal sealed class FakeTimedList(FakeAbuse all) : ITimedListGrain
    {
        private readonly SortedDictionary<string, TimedEntry> entries = new(StringComparer.Ordinal);
        private readonly List<TimedChange> log = [];
        private readonly MessageId incarnation = MessageId.New(TimeProvider.System);

        public IReadOnlyCollection<TimedEntry> Entries => entries.Values;

        public Task<bool> AddAsync(TimedEntry entry)
        {
            Fail();
            entries[entry.Subject] = entry;
            log.Add(new TimedChange(entry, Added: true));
            return Task.FromResult(true);
        }

        public Task<bool> RemoveAsync(string subject)
        {
            Fail();
            if (!entries.Remove(subject, out var entry))
                return Task.FromResult(false);
            log.Add(new TimedChange(entry, Added: false));
            return Task.FromResult(true);
        }

        public Task<TimedPage> ListAsync(string after, int limit)
        {
            Fail();
            var page = entries.Values.Where(entry => string.CompareOrdinal(entry.Subject, after) > 0).Take(2).ToArray();
            return Task.FromResult(new TimedPage(page, page.Length < 2 ? null : page[^1].Subject));
        }

        public Task<TimedChanges> ReadChangesAsync(MessageId incarnation, long since)
        {
            Fail();
            var known = incarnation == this.incarnation;
            return Task.FromResult(new TimedChanges(this.incarnation, log.Count, !known, known ? log.Skip((int)since).ToArray() : []));
        }

        private void Fail()
        {
            if (all.Trouble is not null)
                throw all.Trouble;
        }
    }

    private sealed class FakeClient(FakeAbuse all, string prefix) : IClientBudgetGrain
    {
        public async Task<ClientVerdict> FailAsync(string? account)
        {
            all.Calls++;
            if (all.Trouble is not null)
                throw all.Trouble;
            if (account is not null)
                await all.Account(account).FailAsync();
            var count = all.Count(prefix);
            if (count < all.Budget)
                return new ClientVerdict(count, null);
            var until = all.Time.GetUtcNow() + TimeSpan.FromHours(1);
            await all.Blocks.AddAsync(new TimedEntry(prefix, until, TimedReasons.Logins));
            return new ClientVerdict(count, until);
        }

        public Task FailInSiteAsync(int failures)
        {
            all.Failures[prefix] = all.Failures.GetValueOrDefault(prefix) + failures;
            return Task.CompletedTask;
        }

        public Task ForgiveAsync()
        {
            all.Failures.Remove(prefix);
            return Task.CompletedTask;
        }
    }

    private sealed class FakeAccount(FakeAbuse all, string address) : IAccountBudgetGrain
    {
        public async Task FailAsync()
        {
            if (all.Count(address) >= all.AccountBudget)
                await all.Blocks.AddAsync(new TimedEntry(address, all.Time.GetUtcNow() + TimeSpan.FromMinutes(15), TimedReasons.Guarded));
        }

        public Task ForgiveAsync()
        {
            all.Failures.Remove(address);
            return Task.CompletedTask;
        }
    }

    private TimeProvider Time => time;
}
