namespace Liaison.Members.SignIn;

/// <summary>No failure is answered sooner than after a time that is always the same: what was looked at, hashed and audited cannot be told from it.</summary>
internal static class LeastTime
{
    /// <summary>Returns when the time is over, at once when it is already.</summary>
    /// <param name="clock">The hub's clock.</param>
    /// <param name="began">Timestamp of the clock when the whole request had come.</param>
    /// <param name="least">How long a failure takes.</param>
    /// <param name="aborted">Nobody waits for the answer any more.</param>
    public static async Task PassAsync(TimeProvider clock, long began, TimeSpan least, CancellationToken aborted)
    {
        var left = least - clock.GetElapsedTime(began);
        if (left > TimeSpan.Zero) await Task.Delay(left, clock, aborted);
    }
}
