using Liaison.Platform.Codes;

namespace Liaison.Platform.Jobs;

/// <summary>How hits are gone after. The same on every node.</summary>
public sealed record HitOptions
{
    /// <summary>The time that an owner has to answer, by priority.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Clocks { get; init; } = UsualClocks;

    public static IReadOnlyDictionary<string, TimeSpan> UsualClocks { get; } = new Dictionary<string, TimeSpan>
    {
        [Priorities.Immediate] = TimeSpan.FromMinutes(10), [Priorities.Urgent] = TimeSpan.FromHours(1),
        [Priorities.Routine] = TimeSpan.FromHours(8), [Priorities.Low] = TimeSpan.FromDays(7),
    };

    /// <summary>Hits on one record within this time are one case.</summary>
    public TimeSpan JoinWithin { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long after the answer, or after it failed to come, the hub closes a case by itself.</summary>
    public TimeSpan CloseAfter { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a closed case is kept.</summary>
    public TimeSpan KeepClosed { get; init; } = TimeSpan.FromDays(1095);

    /// <summary>How long searches are kept, so that a record that comes later finds who asked for it; nothing is kept when it is zero.</summary>
    public TimeSpan KeepSearches { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Parts in memory of what is kept of searches, four megabytes each: sixteen million marks, which a busy hub makes in ten minutes and a list of
    /// millions at once. To look through all of them took 33 ms for one fingerprint, 165 ms for a page of an import's.
    /// </summary>
    public const int UsualKeptParts = 64;

    public int KeptParts { get; init; } = UsualKeptParts;
}
