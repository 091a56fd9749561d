namespace Liaison.Platform.Jobs;

/// <summary>How long records are kept and when their owners are reminded. The same on every node: any of them may run the jobs.</summary>
public sealed record RetentionOptions
{
    /// <summary>How long before its review date the owner is reminded of a record.</summary>
    public TimeSpan RemindBefore { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long after its review date a record that nobody renewed is ended. It answers no search from the date on; until it is ended its owner
    /// may still renew it.
    /// </summary>
    public TimeSpan ExpireAfter { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long after its owner was reminded it is ended at the earliest: a reminder may come late, as after a long outage or of a date that was set
    /// near.
    /// </summary>
    public TimeSpan AfterReminder { get; init; } = TimeSpan.FromDays(14);

    /// <summary>
    /// How long a record that ended is kept. Three years: so long somebody who was stopped because of it can commonly still ask a court what was
    /// on file.
    /// </summary>
    public TimeSpan KeepEnded { get; init; } = TimeSpan.FromDays(1096);
}
