using System.Globalization;
using Liaison.Hits.Domain;
using Liaison.Platform.Access;

namespace Liaison.Hits;

/// <summary>A case as one of its parties sees it.</summary>
/// <param name="File">The case with all who asked.</param>
/// <param name="Party">What the caller is in it.</param>
/// <param name="Asker">The caller's own, when it is one who asked.</param>
internal sealed record HitView(HitFile File, HitParty Party, HitAsker? Asker)
{
    /// <summary>Under what the party knows it.</summary>
    public Guid Id => Asker?.Hit.Id ?? File.Case.Id;

    /// <summary>How much the caller may be told of the record.</summary>
    public Sight Sight { get; private init; } = Sight.Full;

    /// <summary>The owner keeps the record from the caller since it asked.</summary>
    public bool IsKeptFrom => Party is HitParty.Asker && Sight is Sight.Nothing;

    /// <summary>
    /// Never the same for two states of what the caller sees. Of whom the record is kept from it changes with what it still sees, and with nothing else.
    /// </summary>
    public int Version => IsKeptFrom ? Asker!.VersionOfRest(!HitRules.AwaitsAnswer(File.Case.State)) : StoredVersion;

    /// <summary>To be waited for: it changes whenever something may have.</summary>
    public int StoredVersion => Asker?.Version ?? File.Case.Version;

    public string ETag => string.Create(CultureInfo.InvariantCulture, $"\"{Version}\"");

    public HitState State => Asker is null ? File.OwnersState : HitRules.OfAsker(File.Case.State, Asker.Outcome is not null);

    /// <summary>Null when the case is not there for the caller under this id.</summary>
    public static HitView? Of(Caller caller, HitFile file, Guid id) =>
        file.Askers.FirstOrDefault(a => a.Hit.Id == id && a.Hit.Asker == caller.Member) is { } asker
            ? new(file, HitParty.Asker, asker) { Sight = AccessDecision.Look(caller, file.Case.Owner, file.Case.Audience, file.Case.IsSealed) }
        : caller.Member == file.Case.Owner ? new(file, HitParty.Owner, null)
        : file.Case.Level is HitLevel.Secretariat && id == file.Case.Id && LooksAfter(caller) ? new(file, HitParty.Secretariat, null)
        : null;

    /// <summary>Of the secretariat, and allowed to look after what owners left unanswered. No agreement is asked for it, so the moment does not matter.</summary>
    public static bool LooksAfter(Caller caller) => AccessDecision.Refuse(caller, HitRights.Administer, default) is null;

    /// <summary>The same party, after a change.</summary>
    public HitView After(HitFile changed) => this with
    {
        File = changed, Asker = Asker is null ? null : changed.Askers.Single(a => a.Hit.Id == Asker.Hit.Id),
    };
}
