using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Read;

/// <summary>
/// "Why can they not see this?", for the owner of a record. It tells what follows from the record, which the owner wrote, and from the kind of member, which
/// everybody knows; never what another member agreed to, or lets its accounts and units do.
/// </summary>
internal sealed class ExplainSight(DocumentStore store, KnownMembers members, AuditWriter audit, TimeProvider clock)
{
    private const string Elsewhere = " Whether an account of it may ask at all, its own bureau and the secretariat can say.";

    public async Task<IResult> HandleAsync(HttpContext http, Guid id, string? of)
    {
        if (!RequestContext.Parse(http, TravelDocumentEvents.SightExplained).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var stored = await store.FindAsync(id, http.RequestAborted);
        if (stored?.IsFor(act.Caller) is false) stored = null;
        act = act with { Asked = AuditJson.Of(("id", id)), Records = stored is null ? [] : [id] };
        if (stored is not null && stored.Owner != act.Caller.Member)
        {
            await audit.AppendAsync(act.Denied(Problems.NotOwner.Code, clock.GetUtcNow()), [], http.RequestAborted);
            return Answers.Problem(Problems.NotOwner, $"Who can see this record is for its owner to ask, {stored.Owner}.");
        }

        if (stored is not null && Check(of) is { } wrong) return Answers.Invalid([wrong]);
        if (stored is not null) act = act with { Asked = AuditJson.Of(("id", id), ("of", of)) };
        await audit.AppendAsync(act.Entry(stored is null ? "notKnown" : "done", clock.GetUtcNow()), [], http.RequestAborted);
        return stored is null ? Answers.Problem(Problems.UnknownRecord, "No record has this id.")
            : Answers.Json(Explain(stored, of!, members.IsCarrier(PartyName.MemberOf(of!)!), clock.GetUtcNow()), LiaisonJson.Default.TravelDocumentSight);
    }

    /// <summary>By the same decision that searches and reads are answered by.</summary>
    internal static TravelDocumentSight Explain(StoredDocument stored, string of, bool isCarrier, DateTimeOffset now)
    {
        var member = PartyName.MemberOf(of)!;
        var party = new Caller("", member, new HashSet<string>(), null)
        {
            MemberKind = isCarrier ? MemberKind.Carrier : MemberKind.Country,
            Parties = PartyName.AllOf(member, of == member ? null : of),
        };
        var sight = stored.SightOf(party);
        if (sight is not Sight.Nothing && !stored.Answers(DateOnly.FromDateTime(now.UtcDateTime))) return new(of, false, "ended", Ended(stored));
        return sight switch
        {
            Sight.Nothing => new(of, false, "restricted", Restricted(stored.Document.Audience!, of, party.Parties)),
            Sight.Referral => new(of, false, "carrier", $"{member} is a carrier. Where the record is a hit it is told which desk to ask, and nothing of the record."),
            Sight.Sealed => new(of, false, "sealed", $"The record is sealed. {of} is told that there is a match, and whom to ask. Take the seal off to show it." + Elsewhere),
            _ when member == stored.Owner => new(of, true, null, $"{member} owns the record and sees all of it. Whether an account may: liaison account why."),
            _ => new(of, true, null, $"The record keeps nothing from {of}." + Elsewhere),
        };
    }

    private static string Restricted(Audience audience, string of, IReadOnlySet<string> names)
    {
        if (audience.IsOnly) return $"The record is for {string.Join(", ", audience.Parties)} only, and {of} is not among them. To {of} it is as if it had never been recorded.";
        var by = audience.Parties.First(names.Contains);
        return $"The record is not for {by}{(by == of ? "" : $", and {of} belongs to it")}. To {of} it is as if it had never been recorded.";
    }

    private static string Ended(StoredDocument stored) => stored.WithdrawnAt is null
        ? "The review date of the record has passed without renewal: no search finds it. Renew it."
        : "The record has ended: no search finds it.";

    private FieldProblem? Check(string? of) =>
        string.IsNullOrEmpty(of) || of.StartsWith(MemberGroups.Mark) ? new("of", "memberUnknown", "Name a member, as FRA, or a unit of it, as FRA/BORDER.")
        : PartyName.Check(of, members.IsMember, "of");
}
