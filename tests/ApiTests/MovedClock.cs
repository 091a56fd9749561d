using System.Collections.Concurrent;

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

/// <summary>The real clock, but a wait of <see cref="Held"/> ends when a test says so, and a minute that limits count by begins when it says so.</summary>
internal sealed class HeldClock : TimeProvider
{
    /// <summary>As long as nothing of the hub waits by itself.</summary>
    public static readonly TimeSpan Held = TimeSpan.FromHours(7);

    private static readonly TimeSpan Shorter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<HeldTimer, TimeSpan> waits = new();
    private long ahead;

    /// <summary>How long each of those who wait was to wait.</summary>
    public TimeSpan[] Waits => [.. waits.Values];

    public void EndWaits()
    {
        foreach (var wait in waits.Keys) wait.End();
    }

    /// <summary>The minute before is over, and whoever calls this has all of the new one.</summary>
    public void BeginMinute()
    {
        var minute = TimestampFrequency * 60;
        Interlocked.Add(ref ahead, minute - (GetTimestamp() % minute));
    }

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref ahead);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > Held || dueTime < Held - Shorter) return base.CreateTimer(callback, state, dueTime, period);
        var timer = new HeldTimer(this, () => callback(state));
        waits[timer] = dueTime;
        return timer;
    }

    private sealed class HeldTimer(HeldClock clock, Action ended) : ITimer
    {
        public void End()
        {
            if (clock.waits.TryRemove(this, out _)) ended();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => clock.waits.TryRemove(this, out _);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
