using Liaison.Api;
using Liaison.Platform.Codes;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;

namespace Fuzz.Targets;

internal static class SearchRequestTarget
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Any bytes as the body of a search: a question that can be asked, or a problem of status 400; never an exception.</summary>
    [FuzzTarget("searchRequest")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        var body = RequestBody.Parse(data.ToArray(), LiaisonJson.Default.SearchRequest, null);
        Assert.True(body.Value is null != body.Problem is null);
        if (body.Problem is { } problem)
        {
            Assert.Equal(400, problem.Status);
            Assert.Contains(problem.Code, new[] { "malformedBody", "invalidRequest" });
            Assert.False(string.IsNullOrEmpty(problem.Detail));
            return;
        }

        var parsed = SearchQuestionParser.Parse(body.Value!, "borderControl", Now);
        if (!parsed.Is(out var question, out var problems))
        {
            Assert.NotEmpty(problems);
            Assert.All(problems, p =>
                Assert.False(string.IsNullOrEmpty(p.Field) || string.IsNullOrEmpty(p.Code) || string.IsNullOrEmpty(p.Message)));
            return;
        }

        Assert.True(question.Number.Key.Length > 0);
        Assert.True(Purposes.List.Has(question.Purpose));
        Assert.All(question.Kinds, kind => Assert.True(DocumentCodes.Kinds.Has(kind)));
        Assert.All([question.Reference, question.OnBehalfOf, question.Place], text => Assert.True(text is null || text.Length <= 100));
        Assert.True(question.OccurredAt is null || question.OccurredAt <= Now.AddMinutes(5));
    }
}
