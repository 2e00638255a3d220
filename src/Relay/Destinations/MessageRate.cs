namespace Orleans.Mail.Relay;

/// <summary>Messages a minute, as the generic cell rate algorithm counts them (ITU-T I.371): one number, no timer. A sixth of a minute's may come at once.</summary>
internal struct MessageRate(int perMinute)
{
    private readonly TimeSpan interval = perMinute == 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(1) / perMinute;
    private readonly TimeSpan tolerance = perMinute == 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(1) / perMinute * Math.Max(0, (perMinute / 6) - 1);
    private DateTimeOffset next = DateTimeOffset.MinValue;

    /// <summary>How long until the next message may go.</summary>
    public readonly TimeSpan Wait(DateTimeOffset now) =>
        interval == TimeSpan.Zero || next <= now + tolerance ? TimeSpan.Zero : next - tolerance - now;

    public void Take(DateTimeOffset now)
    {
        if (interval > TimeSpan.Zero)
            next = (next > now ? next : now) + interval;
    }

    /// <summary>What was taken was not used.</summary>
    public void GiveBack() => next -= next > DateTimeOffset.MinValue + interval ? interval : TimeSpan.Zero;
}
