namespace ApiTests;

/// <summary>The real clock, set forward by a test. Timers stay real, so that loops of the hub go on as ever.</summary>
internal sealed class MovedClock : TimeProvider
{
    private long ahead;

    public void Move(TimeSpan by) => Interlocked.Add(ref ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref ahead));
}

/// <summary>A clock on which every wait is a blink, so that what runs once an hour runs at once.</summary>
internal sealed class HurriedClock : TimeProvider
{
    private static readonly TimeSpan Blink = TimeSpan.FromMilliseconds(20);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, Shortened(dueTime), Shortened(period));

    private static TimeSpan Shortened(TimeSpan wait) => wait > Blink ? Blink : wait;
}

/// <summary>The real clock, set forward by a test together with the stopwatch that durations are told by. Timers stay real.</summary>
internal sealed class LeptClock : TimeProvider
{
    private long ahead;

    public void Leap(TimeSpan by) => Interlocked.Add(ref ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref ahead));

    public override long GetTimestamp() => base.GetTimestamp() + (long)(TimeSpan.FromTicks(Interlocked.Read(ref ahead)).TotalSeconds * TimestampFrequency);
}
