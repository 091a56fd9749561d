using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;

namespace Liaison.TravelDocuments.Search;

/// <summary>
/// What a carrier may ask: number, issuer and kind, all three, and nothing else. What it holds of a traveller stays with it; and a question
/// that names one document cannot be used to look around.
/// </summary>
internal static class CarrierRules
{
    /// <summary>Empty when the caller may ask this.</summary>
    public static IReadOnlyList<FieldProblem> Refuse(Caller caller, SearchRequest request)
    {
        if (caller.MemberKind is not MemberKind.Carrier) return [];
        var problems = new List<FieldProblem>();
        if (request.Mrz is not null)
        {
            problems.Add(new("mrz", "carrierMrz", "A carrier sends no machine readable zone: it names the holder. Send number, issuer and kind."));
            return problems;
        }

        if (string.IsNullOrWhiteSpace(request.Issuer)) problems.Add(new("issuer", "carrierNeedsIssuer", "A carrier gives the issuer of the document."));
        if (string.IsNullOrWhiteSpace(request.Kind)) problems.Add(new("kind", "carrierNeedsKind", "A carrier gives the kind of document, as passport."));
        if (request.Near is true) problems.Add(new("near", "carrierNear", "A carrier asks for the one document that it has before it: leave near out."));
        foreach (var (field, value) in ((string, string?)[])
                 [("reference", request.Reference), ("onBehalfOf", request.OnBehalfOf), ("place", request.Place), ("priority", request.Priority), ("occurredAt", request.OccurredAt)])
        {
            if (value is not null) problems.Add(new(field, "carrierField", "A carrier sends number, issuer and kind only. Leave this out."));
        }

        return problems;
    }
}
