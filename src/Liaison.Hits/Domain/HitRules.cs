using Liaison.Api;

namespace Liaison.Hits.Domain;

/// <summary>What comes of an act: the state after it, or why it may not be.</summary>
internal readonly record struct HitStep(HitState To, ProblemKind? Refusal)
{
    public static implicit operator HitStep(HitState to) => new(to, null);

    public static implicit operator HitStep(ProblemKind refusal) => new(default, refusal);
}

/// <summary>
/// Who may do what with a case, and what it is then. Only the owner answers, only an asker says what came of it, and nothing revives what is closed.
/// </summary>
/// <remarks>
/// An asker's state is that of the case until it gave its outcome, then <see cref="HitState.Outcome"/>; the owner's is that once it has answered and
/// every asker gave one. An asker may say what happened before the owner answered: a traveller does not wait.
/// </remarks>
internal static class HitRules
{
    /// <summary>Reasons that say that the number shown is the record's own.</summary>
    private static readonly string[] SameNumber = ["numberExact", "separatorsIgnored"];

    /// <summary>
    /// Whether all who met the record in this way met one and the same document, so that the owner's answer to one is true for the others: a hit on its very
    /// number, by a question that said issuer and kind.
    /// </summary>
    /// <remarks>
    /// Of whatever else there is (only possible, look-alike characters, repaired, one of a range) the number shown may be another each time, and a case does
    /// not know it. What is added to the reasons later counts as such until somebody says otherwise here.
    /// </remarks>
    public static bool IsOneDocument(NewHit hit) =>
        hit is { IsPossible: false, IsVague: false, Kind: not HitKind.Possible, Reasons.Length: > 0 } && hit.Reasons.All(SameNumber.Contains);

    /// <summary>
    /// Whether somebody who meets the same document later joins the case. A confirmation is of the record, and holds for the next who meets its document; a
    /// denial may be of what was before the one who asked, and whoever meets the document afterwards must not read that it is nothing.
    /// </summary>
    public static bool TakesOthers(HitCase file) => file.IsShared && (file.State is HitState.Confirmed || file.NextAt is not null);

    /// <param name="state">As the party sees it.</param>
    /// <param name="act">What it does.</param>
    /// <param name="who">The party.</param>
    public static HitStep Next(HitState state, HitAct act, HitParty who)
    {
        if (!May(act, who)) return HitProblems.NotYours;
        if (state is HitState.Closed) return HitProblems.Closed;
        return act switch
        {
            HitAct.Acknowledge when who is HitParty.Secretariat => state is HitState.Unanswered ? state : HitProblems.NotNow,
            HitAct.Acknowledge => state is HitState.Open or HitState.Unanswered ? HitState.Acknowledged : HitProblems.NotNow,
            // Also over one another: who finds that its answer was wrong says so.
            HitAct.Confirm => Answers(state, HitState.Confirmed),
            HitAct.Deny => Answers(state, HitState.NotConfirmed),
            HitAct.Withdraw => state is HitState.WithdrawnByOwner ? HitProblems.NotNow : HitState.WithdrawnByOwner,
            HitAct.Remind when who is HitParty.Secretariat => state is HitState.Unanswered ? state : HitProblems.NotNow,
            HitAct.Remind => AwaitsAnswer(state) ? state : HitProblems.NotNow,
            HitAct.Lapse => state is HitState.Open or HitState.Acknowledged ? HitState.Unanswered : HitProblems.NotNow,
            HitAct.GiveOutcome => HitState.Outcome,
            HitAct.Close when who is HitParty.Hub => AwaitsAnswer(state) && state is not HitState.Unanswered ? HitProblems.NotNow : HitState.Closed,
            HitAct.Close => state is HitState.Outcome or HitState.WithdrawnByOwner ? HitState.Closed : HitProblems.NotNow,
            _ => HitProblems.NotNow,
        };
    }

    /// <summary>The clock runs, or ran out.</summary>
    public static bool AwaitsAnswer(HitState state) => state is HitState.Open or HitState.Acknowledged or HitState.Unanswered;

    /// <summary>What an asker sees: its own outcome goes before the state of the case, and the end of the case before both.</summary>
    public static HitState OfAsker(HitState ofCase, bool gaveOutcome) =>
        ofCase is not HitState.Closed && gaveOutcome ? HitState.Outcome : ofCase;

    /// <summary>What the owner sees: everybody's outcome goes before its own answer.</summary>
    public static HitState OfOwner(HitState ofCase, bool allGaveOutcomes) =>
        ofCase is HitState.Confirmed or HitState.NotConfirmed && allGaveOutcomes ? HitState.Outcome : ofCase;

    private static HitStep Answers(HitState state, HitState with) => state == with || state is HitState.WithdrawnByOwner ? HitProblems.NotNow : with;

    private static bool May(HitAct act, HitParty who) => act switch
    {
        HitAct.Acknowledge => who is HitParty.Owner or HitParty.Secretariat,
        HitAct.Confirm or HitAct.Deny => who is HitParty.Owner,
        HitAct.Withdraw => who is HitParty.Owner or HitParty.Hub,
        HitAct.Remind => who is HitParty.Secretariat or HitParty.Hub,
        HitAct.Lapse => who is HitParty.Hub,
        HitAct.GiveOutcome => who is HitParty.Asker,
        HitAct.Close => who is HitParty.Owner or HitParty.Hub,
        _ => false,
    };
}
