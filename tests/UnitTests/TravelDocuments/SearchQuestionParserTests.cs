using CsCheck;
using Liaison.Api.TravelDocuments;
using Liaison.TravelDocuments.Domain;

namespace UnitTests.TravelDocuments;

public sealed class SearchQuestionParserTests
{
    private const string Td3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly SearchRequest Number = new() { Number = "L898902C3", Issuer = "UTO" };
    private static readonly SearchRequest Mrz = new() { Mrz = Td3 };

    /// <summary>Rule code and field, a request that breaks the rule and nothing else, and the nearest one that keeps it.</summary>
    public static TheoryData<string, string, SearchRequest, SearchRequest> Rules => new()
    {
        { "purposeUnknown", "purpose", Number with { Purpose = "curiosity" }, Number with { Purpose = "carrierCheck" } },
        { "numberRequired", "number", Number with { Number = null }, Number },
        { "numberRequired", "number", Number with { Number = "<<" }, Number with { Number = "1<" } },
        { "numberCharacters", "number", Number with { Number = "L8989О2C3" }, Number with { Number = "l-898 902.c3" } }, // Cyrillic О
        { "numberTooLong", "number", Number with { Number = new('1', 33) }, Number with { Number = new('1', 32) } },
        { "issuerUnknown", "issuer", Number with { Issuer = "QQQ" }, Number with { Issuer = "D<<" } },
        { "issuerNationalityOnly", "issuer", Number with { Issuer = "XXA" }, Number with { Issuer = "XOM" } },
        { "issuerNationalityOnly", "issuer", Number with { Issuer = "IAO" }, Number with { Issuer = " " } },
        { "kindUnknown", "kind", Number with { Kind = "PASSPORT" }, Number with { Kind = "passport" } },
        { "numberOrMrz", "mrz", Mrz with { Number = "L898902C3" }, Mrz },
        { "numberOrMrz", "mrz", Mrz with { Issuer = "UTO" }, Mrz },
        { "numberOrMrz", "mrz", Mrz with { Kind = "passport" }, Mrz },
        { "mrzNumber", "mrz", Mrz with { Mrz = Td3.Replace("L898902C3", "<<<<<<<<<", StringComparison.Ordinal) }, Mrz },
        { "moment", "occurredAt", Number with { OccurredAt = "2026-06-01T00:00:00" }, Number with { OccurredAt = "2026-06-01T00:00:00Z" } },
        { "moment", "occurredAt", Number with { OccurredAt = "" }, Number with { OccurredAt = "2026-06-01T00:00+01:00" } },
        { "inFuture", "occurredAt", Number with { OccurredAt = "2026-06-15T12:05:01Z" },
            Number with { OccurredAt = "2026-06-15T14:05:00+02:00" } },
        { "tooOld", "occurredAt", Number with { OccurredAt = "2025-06-14T11:59:59Z" },
            Number with { OccurredAt = "2025-06-14T12:00:00Z" } },
        { "textTooLong", "reference", Number with { Reference = new('x', 101) }, Number with { Reference = new('x', 100) } },
        { "textTooLong", "onBehalfOf", Number with { OnBehalfOf = new('x', 101) }, Number with { OnBehalfOf = "officer-42" } },
        { "textTooLong", "place", Number with { Place = new('x', 101) }, Number with { Place = "Größe – ملف" } },
        { "textCharacters", "place", Number with { Place = "Gate\n5" }, Number with { Place = "Gate 5" } },
        { "textCharacters", "reference", Number with { Reference = "a\0" }, Number with { Reference = "  " } },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Each_rule_names_its_field_and_leaves_the_nearest_good_question_alone(
        string code, string field, SearchRequest bad, SearchRequest good)
    {
        var problem = Assert.Single(Parse(bad).Problems);
        Assert.Equal((code, field), (problem.Code, problem.Field));
        Assert.Empty(Parse(good).Problems);
    }

    [Fact]
    public void A_zone_of_no_format_names_the_mrz_as_the_field()
    {
        var problems = Parse(Mrz with { Mrz = "L898902C36UTO" }).Problems;
        Assert.NotEmpty(problems);
        Assert.All(problems, p => Assert.True(p.Field == "mrz" && p.Code.StartsWith("mrz", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "training", "training")]
    [InlineData("carrierCheck", "training", "carrierCheck")]
    [InlineData("carrierCheck", null, "carrierCheck")]
    public void A_purpose_is_given_or_the_callers_default_or_missing(string? given, string? callersDefault, string? purpose)
    {
        var parsed = SearchQuestionParser.Parse(Number with { Purpose = given }, callersDefault, Now);
        if (purpose is null) Assert.Equal("purposeRequired", Assert.Single(parsed.Problems).Code);
        else Assert.Equal(purpose, parsed.Value!.Purpose);
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("", null, false)]
    [InlineData("UTO", "UTO", true)]
    [InlineData("d", "DEU", true)]
    [InlineData("D<<", "DEU", true)]
    [InlineData("YUG", "YUG", true)]
    public void An_issuer_becomes_its_one_code(string? issuer, string? code, bool asked)
    {
        var question = Parse(Number with { Issuer = issuer }).Value!;
        Assert.Equal((code, asked), (question.Issuer, question.IssuerAsked));
    }

    [Fact]
    public void A_misread_issuer_asks_for_what_it_looks_like()
    {
        var question = Parse(Number with { Issuer = "UT0" }).Value!;
        Assert.Null(question.Issuer);
        Assert.Contains("UTO", question.LookAlikeIssuers);
        Assert.True(question.IssuerAsked);
    }

    [Fact]
    public void A_zone_asks_for_number_issuer_and_kinds_and_nothing_nominal_is_left()
    {
        var question = Parse(Mrz).Value!;
        Assert.Equal(("L898902C3", "UTO"), (question.Number.Key.Text, question.Issuer));
        Assert.Contains("passport", question.Kinds);
        Assert.Null(question.Repaired);
        Assert.DoesNotContain("ERIKSSON", question.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("ERIKSSON", System.Text.Json.JsonSerializer.Serialize(question), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void One_proved_repair_is_asked_too_and_two_prove_nothing()
    {
        var one = Parse(Mrz with { Mrz = Td3.Replace("L898902C3", "L8989O2C3", StringComparison.Ordinal) }).Value!;
        Assert.Equal(("L8989O2C3", "L898902C3"), (one.Number.Key.Text, one.Repaired?.Key.Text));
        var two = Parse(Mrz with { Mrz = Td3.Replace("L898902C3", "LB989O2C3", StringComparison.Ordinal) }).Value!;
        Assert.Null(two.Repaired);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Near_is_asked_for(bool? near, bool expected) => Assert.Equal(expected, Parse(Number with { Near = near }).Value!.Near);

    [Fact]
    public void The_context_is_kept_trimmed_and_in_UTC()
    {
        var question = Parse(Number with { Reference = " case 7 ", OnBehalfOf = " ", Place = "Gate 5",
            OccurredAt = "2026-06-01T02:00:00+02:00" }).Value!;
        Assert.Equal(("case 7", null, "Gate 5"), (question.Reference, question.OnBehalfOf, question.Place));
        Assert.Equal(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), question.OccurredAt);
    }

    [Fact]
    public void Any_text_in_any_field_is_a_question_or_problems()
    {
        var text = Gen.OneOf(Gen.String, Gen.Const(""), Gen.Const(Td3), Gen.Const("L898902C3"), Gen.Const("UTO"), Gen.Const("passport"));
        Gen.Select(text.Null(), text.Null(), text.Null(), text.Null(), text).Sample((number, mrz, issuer, kind, other) =>
        {
            var parsed = Parse(new SearchRequest
            {
                Number = number, Mrz = mrz, Issuer = issuer, Kind = kind, Reference = other, OnBehalfOf = other, Place = other,
                OccurredAt = other,
            });
            Assert.True(parsed.Is(out _) ^ parsed.Problems.Count > 0);
            Assert.All(parsed.Problems, p => Assert.True(p.Field.Length > 0 && p.Code.Length > 0 && p.Message.Length > 0));
        });
    }

    private static Liaison.Kernel.Parsing.Parsed<SearchQuestion> Parse(SearchRequest request) =>
        SearchQuestionParser.Parse(request, "borderControl", Now);
}
