using System.Net;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>
/// Whose management password is looked at next. One check runs at a time, and one of an address waits for that: so others
/// wait behind an address that guesses for one check, however many connections it has.
/// </summary>
internal sealed class LoginTurns : IDisposable
{
    /// <summary>Logins of an address that wait at most: for some ten seconds, at 100 ms a check.</summary>
    public const int MostOfAddress = 100;

    private readonly SemaphoreSlim check = new(1);
    private readonly Dictionary<AddressPrefix, Line> lines = [];
    private readonly Lock gate = new();

    /// <summary>A login of an address begins. Null: too many of it wait already; else dispose it when the login has ended.</summary>
    public Place? TryBegin(IPAddress client)
    {
        var address = ClientBudgets.PrefixOf(client);
        lock (gate)
        {
            if (!lines.TryGetValue(address, out var line))
                lines.Add(address, line = new Line());
            if (line.Count == MostOfAddress)
                return null;
            line.Count++;
            return new Place(this, address, line);
        }
    }

    public void Dispose() => check.Dispose();

    private void End(AddressPrefix address, Line line)
    {
        lock (gate)
        {
            if (--line.Count == 0)
                lines.Remove(address);
        }
    }

    /// <summary>A login under way.</summary>
    internal sealed class Place(LoginTurns turns, AddressPrefix address, Line line) : IDisposable
    {
        /// <summary>Looks at the password when it is this login's turn.</summary>
        public async Task<bool> CheckAsync(Func<bool> matches)
        {
            await line.Turn.WaitAsync();
            try
            {
                await turns.check.WaitAsync();
                try
                {
                    return await Task.Run(matches);
                }
                finally
                {
                    turns.check.Release();
                }
            }
            finally
            {
                line.Turn.Release();
            }
        }

        public void Dispose() => turns.End(address, line);
    }

    internal sealed class Line
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public int Count { get; set; }
    }
}
