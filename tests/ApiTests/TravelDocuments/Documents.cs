using Liaison.Api;
using Liaison.Api.TravelDocuments;

namespace ApiTests.TravelDocuments;

/// <summary>Synthetic documents and the short way to record and find them.</summary>
internal static class Documents
{
    public const string SpecimenTd3 =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

    public static TravelDocumentRequest Stolen(string number, string issuer = "UTO", string kind = "passport") =>
        new() { Number = number, Issuer = issuer, Kind = kind, Status = "stolen" };

    public static TravelDocumentRequest Blanks(string from, string to, string issuer = "UTO") =>
        new() { Number = from, RangeTo = to, Issuer = issuer, Kind = "passport", Status = "stolenBlank" };

    public static async Task<TravelDocument> RecordedAsync(this HubFixture hub, TravelDocumentRequest document, string token = Callers.Utopia)
    {
        var reply = await hub.As(token).RecordAsync(document, null, CancellationToken.None);
        Assert.Null(reply.Problem);
        return reply.Value!;
    }

    public static async Task<SearchAnswer> FoundAsync(this HubFixture hub, SearchRequest request, string token = Callers.France)
    {
        var reply = await hub.As(token).SearchAsync(request, CancellationToken.None);
        Assert.True(reply.Problem is null, reply.Body);
        return reply.Value!;
    }

    public static Task<SearchAnswer> FoundAsync(this HubFixture hub, string number, string? issuer = "UTO", string? kind = null, bool? near = null) =>
        hub.FoundAsync(new SearchRequest { Number = number, Issuer = issuer, Kind = kind, Near = near });

    public static async Task<Problem> RefusedAsync<T>(Task<HubReply<T>> call)
        where T : class
    {
        var reply = await call;
        Assert.True(reply.Problem is not null, reply.Body);
        return reply.Problem;
    }

    public static string[] ReasonCodes(this DocumentMatch match) => [.. match.Reasons.Select(r => r.Code)];
}
