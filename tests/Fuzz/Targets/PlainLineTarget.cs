using System.Text;
using Liaison.Api;
using Liaison.Matching;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Search;
using Liaison.TravelDocuments.SearchMany;
using Facets = Liaison.TravelDocuments.SearchMany.Facets;

namespace Fuzz.Targets;

internal static class PlainLineTarget
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Act Act = new(
        new Caller("fuzz", "FRA", new HashSet<string>(), "borderControl"), new AuditEventKind("fuzz.searchedMany", "")) { Purpose = "borderControl" };

    /// <summary>Any bytes as a line of a batch: what the short way understands, the parser of single searches understands, and the same of it.</summary>
    [FuzzTarget("plainLine")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        var facets = new Facets(Act, TimeProvider.System);
        if (!PlainLine.TryRead(data, out var plain) || !NumberKey.TryParse(plain.Number, out var key)
            || facets.Find(plain.Issuer, plain.Kind) is not { } facet) return;

        var body = RequestBody.Parse(data.ToArray(), LiaisonJson.Default.SearchLine, null);
        Assert.True(body.Problem is null, body.Problem?.Detail);
        Assert.Equal(plain.Ref.IsEmpty ? null : Encoding.UTF8.GetString(plain.Ref), body.Value!.Ref);
        Assert.True(SearchQuestionParser.Parse(body.Value, Act.Purpose, Now).Is(out var question, out _));
        Assert.Equal(question.Number.Key, key);
        Assert.Equal(question.Number.Written, Encoding.ASCII.GetString(plain.Number));
        var asked = Proposals.Indexed(question, question.Number);
        Assert.Equal((asked.Issuer, asked.Kinds, asked.Near), (facet.Asked.Issuer, facet.Asked.Kinds, facet.Asked.Near));
        Assert.Equal(asked.LookAlikeIssuers.ToArray(), facet.Asked.LookAlikeIssuers.ToArray());
        Assert.Equal(AskedJson.Besides(question, Act).Text, facet.Text);
    }
}
