namespace Liaison.Hits.Domain;

/// <summary>What a case is after an act that the rules allowed. Pure.</summary>
internal static class HitSteps
{
    /// <summary>A case for the first who asked.</summary>
    public static HitCase Open(Guid id, NewHit hit, string priority, HitDeadlines deadlines, DateTimeOffset at) => new()
    {
        Id = id, Version = 1, Record = hit.Record, Owner = hit.Owner, State = HitState.Open, Priority = priority, Level = HitLevel.Desk, OpenedAt = at,
        Deadlines = deadlines, Audience = hit.Audience, IsSealed = hit.IsSealed, IsShared = HitRules.IsOneDocument(hit),
    };

    /// <summary>With one more who asked. Whoever is in more of a hurry hurries the case.</summary>
    public static HitCase Join(HitCase file, string priority, HitDeadlines deadlines) => file.NextAt is null
        ? file with { Version = file.Version + 1 }
        : file with { Version = file.Version + 1, Priority = HitClock.MoreUrgent(file.Priority, priority), Deadlines = file.Deadlines.Or(deadlines) };

    /// <summary>After an act of the secretariat: how it stands is the owner's to say. That it looks into it is told to all, that it reminded the owner is not.</summary>
    public static HitFile Cared(HitFile file, HitAct act)
    {
        var changed = file.Case with { Version = file.Case.Version + 1 };
        return act is HitAct.Remind ? file with { Case = changed } : file.Told(changed);
    }

    /// <summary>After an act of the owner or the hub.</summary>
    public static HitFile After(HitFile file, HitState to, DateTimeOffset at)
    {
        var answers = to is HitState.Confirmed or HitState.NotConfirmed;
        var settles = answers || to is HitState.WithdrawnByOwner or HitState.Unanswered or HitState.Closed;
        var changed = file.Case with
        {
            Version = file.Case.Version + 1,
            State = to,
            Answer = answers ? to : file.Case.Answer,
            AnsweredAt = answers ? file.Case.AnsweredAt ?? at : file.Case.AnsweredAt,
            // Who looks into it late has until the hub closes it.
            SettledAt = settles ? file.Case.SettledAt ?? at : to is HitState.Acknowledged ? file.Case.SettledAt : null,
            ClosedAt = to is HitState.Closed ? at : null,
        };
        return file.Told(changed);
    }

    /// <summary>After an asker said what came of it.</summary>
    public static HitFile WithOutcome(HitFile file, Guid hit, string outcome, string? note, DateTimeOffset at) => new(
        file.Case with { Version = file.Case.Version + 1 },
        [.. file.Askers.Select(a => a.Hit.Id == hit ? a with { Version = a.Version + 1, Outcome = outcome, Note = note, OutcomeAt = at } : a)]);

    /// <summary>The desk was reminded: nobody but the owner need know.</summary>
    public static HitFile Reminded(HitFile file) => file with { Case = file.Case with { Version = file.Case.Version + 1, Reminded = true } };

    /// <summary>It lies with others now.</summary>
    public static HitFile At(HitFile file, HitLevel level) => file.Told(file.Case with { Version = file.Case.Version + 1, Level = level });
}
