using Liaison.Kernel.Time;
using Liaison.Matching;
using Liaison.TravelDocuments.Domain;

namespace UnitTests.TravelDocuments;

public sealed class HitRulesTests
{
    private static readonly DateOnly Today = new(2026, 6, 15);
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Every way in which the index may agree on the number, and what it is worth with issuer and kind the same.</summary>
    public static TheoryData<NumberMatch, bool, bool, string> Numbers => new()
    {
        { NumberMatch.Exact, false, true, "numberExact" },
        { NumberMatch.Range, false, true, "insideBlankRange" },
        { NumberMatch.Exact, true, true, "numberRepaired" },
        { NumberMatch.Range, true, true, "repairedInsideRange" },
        { NumberMatch.Confusable, false, false, "numberConfusable" },
        { NumberMatch.RangeConfusable, false, false, "rangeConfusable" },
        { NumberMatch.Substituted, false, false, "oneCharacterOff" },
        { NumberMatch.Transposed, false, false, "neighboursSwapped" },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void The_number_decides_first(NumberMatch number, bool byRepair, bool isHit, string reason)
    {
        var judgement = Judge(number, byRepair: byRepair);
        Assert.Equal(isHit, judgement.IsHit);
        Assert.Equal([reason], Codes(judgement.Reasons));
        Assert.Empty(judgement.Notes);
    }

    [Fact]
    public void Every_agreement_of_the_index_has_its_reason() =>
        Assert.Equal(Enum.GetValues<NumberMatch>(), Numbers.Select(row => row.Data.Item1).Distinct().Order());

    [Theory]
    [InlineData(FacetMatch.Same, FacetMatch.Same, true, "numberExact")]
    [InlineData(FacetMatch.NotAsked, FacetMatch.Same, true, "numberExact")]
    [InlineData(FacetMatch.Same, FacetMatch.NotAsked, true, "numberExact")]
    [InlineData(FacetMatch.NotAsked, FacetMatch.NotAsked, true, "numberExact")]
    [InlineData(FacetMatch.LookAlike, FacetMatch.Same, false, "numberExact issuerConfusable")]
    [InlineData(FacetMatch.Other, FacetMatch.Same, false, "numberExact otherIssuer")]
    [InlineData(FacetMatch.Same, FacetMatch.Other, false, "numberExact otherKind")]
    [InlineData(FacetMatch.NotAsked, FacetMatch.Other, false, "numberExact otherKind")]
    [InlineData(FacetMatch.LookAlike, FacetMatch.Other, false, "numberExact issuerConfusable otherKind")]
    [InlineData(FacetMatch.Other, FacetMatch.Other, false, "numberExact otherIssuer otherKind")]
    public void Another_issuer_or_kind_is_only_possible(FacetMatch issuer, FacetMatch kind, bool isHit, string reasons)
    {
        var judgement = Judge(NumberMatch.Exact, issuer, kind);
        Assert.Equal(isHit, judgement.IsHit);
        Assert.Equal(reasons.Split(' '), Codes(judgement.Reasons));
        Assert.Equal(isHit, Judge(NumberMatch.Range, issuer, kind).IsHit);
        Assert.False(Judge(NumberMatch.Confusable, issuer, kind).IsHit);
    }

    [Theory]
    [InlineData("L-898902", "L-898902", "numberExact")]
    [InlineData("L898902", "L-898902", "separatorsIgnored")]
    [InlineData("l898902", "L898902", "separatorsIgnored")]
    public void Separators_and_case_are_said_where_they_differ(string asked, string onFile, string reason)
    {
        var judgement = Judge(Question(asked), Finding(NumberMatch.Exact, Stored(onFile)));
        Assert.True(judgement.IsHit);
        Assert.Equal([reason], Codes(judgement.Reasons));
    }

    [Theory]
    [InlineData(null, null, "")]
    [InlineData("2026-06-15", null, "")]
    [InlineData("2026-06-14", null, "documentExpired")]
    [InlineData("2026-06", null, "")]
    [InlineData("2026-05", null, "documentExpired")]
    [InlineData("2026", null, "")]
    [InlineData("2025", null, "documentExpired")]
    [InlineData(null, "2026-01-01", "foundStillNotValid")]
    [InlineData("2025", "2026-01-01", "foundStillNotValid documentExpired")]
    public void Expiry_and_finding_are_stated_and_hide_nothing(string? expiry, string? found, string notes)
    {
        var stored = Stored("L898902");
        var foundAt = found is null ? null : new FoundDocument(Date(found), null);
        stored = stored with { Document = stored.Document with { ExpiryDate = Date(expiry), Found = foundAt } };
        var judgement = Judge(Question("L898902"), Finding(NumberMatch.Exact, stored));
        Assert.True(judgement.IsHit);
        Assert.Equal(notes.Split(' ', StringSplitOptions.RemoveEmptyEntries), Codes(judgement.Notes));
    }

    [Theory]
    [InlineData("2026-06-16", false, true)]
    [InlineData("2026-06-15", false, false)]
    [InlineData("2026-06-14", false, false)]
    [InlineData("2026-06-16", true, false)]
    public void Withdrawn_and_unrenewed_records_answer_nothing(string review, bool withdrawn, bool answers)
    {
        var stored = Stored("L898902");
        stored = stored with
        {
            Document = stored.Document with { ReviewDate = Date(review)!.Value.Earliest },
            WithdrawnAt = withdrawn ? At : null, WithdrawalReason = withdrawn ? "falseReport" : null,
        };
        Assert.Equal(answers ? 1 : 0, HitRules.Judge(Question("L898902"), [Finding(NumberMatch.Exact, stored)], Today).Count);
    }

    [Fact]
    public void Hits_come_first_and_equals_stay_in_the_order_of_the_index()
    {
        Finding[] findings =
        [
            Finding(NumberMatch.Exact, Stored("A1") with { Record = 1 }, FacetMatch.Other),
            Finding(NumberMatch.Exact, Stored("A1") with { Record = 2 }),
            Finding(NumberMatch.Confusable, Stored("AI") with { Record = 3 }), Finding(NumberMatch.Range, Stored("A1") with { Record = 4 }),
        ];
        Assert.Equal([2, 4, 1, 3], HitRules.Judge(Question("A1"), findings, Today).Select(j => j.Stored.Record));
    }

    [Fact]
    public void Every_reason_has_a_code_of_its_own_and_a_sentence()
    {
        Assert.Equal(Reason.All.Count, Reason.All.Select(r => r.Code).Distinct().Count());
        Assert.All(Reason.All, r => Assert.EndsWith(".", r.Text, StringComparison.Ordinal));
    }

    private static Judgement Judge(NumberMatch number, FacetMatch issuer =
        FacetMatch.Same, FacetMatch kind = FacetMatch.Same, bool byRepair = false) =>
        Judge(Question("L898902"), Finding(number, Stored("L898902"), issuer, kind, byRepair));

    private static Judgement Judge(SearchQuestion question, Finding finding) => Assert.Single(HitRules.Judge(question, [finding], Today));

    private static Finding Finding(NumberMatch number, StoredDocument stored, FacetMatch issuer = FacetMatch.Same,
        FacetMatch kind = FacetMatch.Same, bool byRepair = false) => new(new(stored.Record, number, issuer, kind), byRepair, stored);

    private static SearchQuestion Question(string number) =>
        new() { Number = DocumentNumber.Parse(number, "number").Value, Purpose = "training" };

    private static StoredDocument Stored(string number) => new(7, Guid.Empty, 1, "UTO", new()
    {
        Number = DocumentNumber.Parse(number, "number").Value, Issuer = "UTO", Kind = "passport", Status = "stolen",
        ReviewDate = Today.AddYears(1),
    }, At, At)
    {
        ChangedBy = "test",
    };

    private static PartialDate? Date(string? text) => text is not null && PartialDate.TryParse(text, out var date) ? date : null;

    private static string[] Codes(IEnumerable<Liaison.Api.TravelDocuments.Explanation> explanations) =>
        [.. explanations.Select(e => e.Code)];
}
