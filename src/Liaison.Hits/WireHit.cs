using System.Globalization;
using Liaison.Api.Members;
using Liaison.Hits.Domain;
using Liaison.Platform.Access;
using Liaison.Platform.Codes;
using Liaison.Platform.Web;
using Wire = Liaison.Api.Hits;

namespace Liaison.Hits;

/// <summary>How much of a case goes over the wire, to whom.</summary>
internal static class WireHit
{
    /// <summary>Between the owner and the hub.</summary>
    private static readonly string[] NotForAskers = ["remind", "restrict"];

    private static readonly string[] Answers = [HitAct.Confirm.Code(), HitAct.Deny.Code()];

    public static bool IsBetweenOwnerAndHub(string act) => NotForAskers.Contains(act);

    /// <param name="view">Of whom, as which party.</param>
    /// <param name="entries">What happened; null to leave it out.</param>
    /// <param name="members">Whose desks are named.</param>
    /// <param name="texts">The language in which it is said how it stands.</param>
    public static Wire.Hit Of(HitView view, IReadOnlyList<HitEntry>? entries, KnownMembers members, Texts texts) => InWords(view.Party switch
    {
        HitParty.Owner => OfOwner(view, entries, members),
        HitParty.Secretariat => OfSecretariat(view, entries, members),
        _ => view.Sight switch
        {
            Sight.Nothing => OfNobody(view),
            Sight.Referral => OfCarrier(view, members),
            _ => OfAsker(view, entries, members),
        },
    }, texts);

    /// <summary>A match that has no case, or not yet.</summary>
    public static Wire.Hit OfMatch(NewHit hit, string state, Texts texts) => InWords(new()
    {
        Id = hit.Id, Role = HitParty.Asker.Code(), State = state, Version = 0, Kind = hit.Kind.Code(), Owner = hit.Owner, At = hit.At, AskedAt = hit.AskedAt,
        Reference = hit.Kind is HitKind.Referred ? Reference(hit) : null,
    }, texts);

    /// <summary>By what it shows, so that the words say no more than the codes.</summary>
    private static Wire.Hit InWords(Wire.Hit hit, Texts texts) => hit with { Text = HitTexts.Of(hit, texts) };

    private static Wire.Hit OfOwner(HitView view, IReadOnlyList<HitEntry>? entries, KnownMembers members) => Basic(view) with
    {
        Answer = view.File.Case.Answer?.Code(), Owner = view.File.Case.Owner, Record = view.File.Case.Record, Priority = view.File.Case.Priority,
        At = view.File.Case.OpenedAt, DueAt = view.File.Case.Deadlines.DueAt, Level = view.File.Case.Level.Code(), Desk = Desk(view.File.Case, members),
        Askers = [.. view.File.Askers.Select(Asker)], Events = entries is null ? null : [.. entries.Select(e => Event(e, e.At))],
    };

    /// <summary>Enough to see that an owner answers, and nothing of the record or of who asked for it.</summary>
    private static Wire.Hit OfSecretariat(HitView view, IReadOnlyList<HitEntry>? entries, KnownMembers members) => Basic(view) with
    {
        Answer = view.File.Case.Answer?.Code(), Owner = view.File.Case.Owner, Priority = view.File.Case.Priority, At = view.File.Case.OpenedAt,
        DueAt = view.File.Case.Deadlines.DueAt, Level = view.File.Case.Level.Code(), Desk = members.UrgentDesk(view.File.Case.Owner),
        Events = entries is null ? null : [.. entries.Where(e => e.Hit is null).Select(e => Event(e, e.At) with { Note = null })],
    };

    private static Wire.Hit OfAsker(HitView view, IReadOnlyList<HitEntry>? entries, KnownMembers members)
    {
        var (file, own) = (view.File.Case, view.Asker!);
        return Basic(view) with
        {
            Answer = file.Answer?.Code(), Owner = file.Owner, Kind = own.Hit.Kind.Code(), Priority = own.Priority, At = own.Hit.At,
            AskedAt = own.Hit.AskedAt, DueAt = own.DueAt,
            Record = view.Sight is Sight.Full && own.Hit.Kind is not HitKind.Sealed ? file.Record : null,
            Level = file.Level.Code(), Desk = Desk(file, members), Outcome = own.Outcome, RecordEndedAt = own.ToldAt,
            Events = entries is null ? null : [.. ForAsker(own, entries)],
        };
    }

    /// <summary>A carrier sees what to quote, to which desk, and how far it is.</summary>
    private static Wire.Hit OfCarrier(HitView view, KnownMembers members) => Basic(view) with
    {
        Owner = view.File.Case.Owner, Kind = HitKind.Referred.Code(), AskedAt = view.Asker!.Hit.AskedAt, Reference = Reference(view.Asker!.Hit), Desk = members.UrgentDesk(view.File.Case.Owner),
    };

    /// <summary>The owner has since kept the record from it: nothing but its own question, and whether that is over.</summary>
    private static Wire.Hit OfNobody(HitView view) => Basic(view) with
    {
        State = (HitRules.AwaitsAnswer(view.File.Case.State) ? HitState.Open : HitState.Closed).Code(), Kind = view.Asker!.Hit.Kind.Code(),
        At = view.Asker.Hit.At, AskedAt = view.Asker.Hit.AskedAt, Outcome = view.Asker.Outcome,
    };

    private static Wire.Hit Basic(HitView view) => new() { Id = view.Id, Role = view.Party.Code(), State = view.State.Code(), Version = view.Version };

    private static Wire.HitAsker Asker(HitAsker asker) => new()
    {
        Hit = asker.Hit.Id, Member = asker.Hit.Asker, Account = asker.Hit.Account, Unit = asker.Hit.Unit, Kind = asker.Hit.Kind.Code(),
        Search = asker.Hit.Search, Reasons = asker.Hit.Reasons, Place = asker.Hit.Place, At = asker.Hit.At, AskedAt = asker.Hit.AskedAt, DueAt = asker.DueAt, Outcome = asker.Outcome,
        Note = asker.Note, OutcomeAt = asker.OutcomeAt,
    };

    /// <summary>
    /// Its own acts, and what was said to all since it asked. Of what was said before only the answer that stands, as if it had been said when it asked:
    /// when it was said would tell that somebody asked before.
    /// </summary>
    private static IEnumerable<Wire.HitEvent> ForAsker(HitAsker own, IReadOnlyList<HitEntry> entries)
    {
        // By what was done: whatever happens to a case that is answered leaves it in that state.
        var standing = entries.LastOrDefault(e => Answers.Contains(e.Act));
        foreach (var entry in entries)
        {
            if (entry.Hit == own.Hit.Id)
                yield return Event(entry, entry.At) with { Act = entry.Act is "join" ? "open" : entry.Act, State = entry.Act is "join" ? HitState.Open.Code() : entry.State.Code() };
            else if (entry.Hit is null && !NotForAskers.Contains(entry.Act) && (entry.At >= own.Hit.At || entry == standing))
                yield return Event(entry, entry.At < own.Hit.At ? own.Hit.At : entry.At);
        }
    }

    private static Wire.HitEvent Event(HitEntry entry, DateTimeOffset at) => new(at, entry.Act, entry.Member, entry.Note) { State = entry.State.Code() };

    private static Desk? Desk(HitCase file, KnownMembers members) => file.Level switch
    {
        HitLevel.Secretariat => members.Secretariat is { } secretariat ? members.UrgentDesk(secretariat) : null,
        HitLevel.Desk when file.Priority is Priorities.Routine or Priorities.Low => members.RoutineDesk(file.Owner),
        _ => members.UrgentDesk(file.Owner),
    };

    private static string Reference(NewHit hit) =>
        hit.Line is null ? $"{hit.Search}" : string.Create(CultureInfo.InvariantCulture, $"{hit.Search}/{hit.Line}");
}
