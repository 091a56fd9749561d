using CsCheck;
using Liaison.Api.TravelDocuments;
using Liaison.TravelDocuments.Domain;

namespace UnitTests.TravelDocuments;

public sealed class DocumentRulesTests
{
    private static readonly RuleContext Here = new(new DateOnly(2026, 6, 15), SpecimenIssuer: true);
    private static readonly RuleContext RealHub = Here with { SpecimenIssuer = false };
    private static readonly TravelDocumentRequest Good = new() { Number = "C01X00T47", Issuer = "D", Kind = "passport", Status = "stolen" };
    private static readonly TravelDocumentRequest Blank = Good with { Status = "stolenBlank", RangeTo = "C01X00T99" };

    private static readonly TravelDocumentRequest Revoked =
        Good with { Status = "revoked", ReasonCode = "courtOrder", LegalBasis = "Art. 3" };

    /// <summary>Rule code and field, a request that breaks the rule and nothing else, and the nearest one that keeps it.</summary>
    public static TheoryData<string, string, TravelDocumentRequest, TravelDocumentRequest> Rules => new()
    {
        { "numberRequired", "number", Good with { Number = null }, Good },
        { "numberRequired", "number", Good with { Number = " - " }, Good with { Number = " 1 " } },
        { "numberCharacters", "number", Good with { Number = "C01Ж" }, Good with { Number = "C 01-2/3.4<" } },
        { "numberTooLong", "number", Good with { Number = new string('1', 33) }, Good with { Number = new string('1', 32) } },
        { "issuerRequired", "issuer", Good with { Issuer = null }, Good with { Issuer = "D<<" } },
        { "issuerRequired", "issuer", Good with { Issuer = " " }, Good with { Issuer = "deu" } },
        { "issuerUnknown", "issuer", Good with { Issuer = "QQQ" }, Good with { Issuer = "UNO" } },
        { "issuerNationalityOnly", "issuer", Good with { Issuer = "XXA" }, Good with { Issuer = "XOM" } },
        { "issuerNationalityOnly", "issuer", Good with { Issuer = "XXC" }, Good with { Issuer = "EUE" } },
        { "issuerNeverPrinted", "issuer", Good with { Issuer = "IAO" }, Good with { Issuer = "UNK" } },
        { "issuerWithdrawn", "issuer", Good with { Issuer = "YUG" }, Good with { Issuer = "SRB" } },
        { "kindRequired", "kind", Good with { Kind = null }, Good },
        { "kindUnknown", "kind", Good with { Kind = "Passport" }, Good with { Kind = "laissezPasser" } },
        { "statusRequired", "status", Good with { Status = null }, Good },
        { "statusUnknown", "status", Good with { Status = "found" }, Good with { Status = "lost" } },
        { "date", "eventDate", Good with { EventDate = "17.5.2024" }, Good with { EventDate = "2024-05-17" } },
        { "date", "eventDate", Good with { EventDate = "2023-02-29" }, Good with { EventDate = "2024-02-29" } },
        { "date", "issueDate", Good with { IssueDate = "2024-13" }, Good with { IssueDate = "2024-12" } },
        { "date", "expiryDate", Good with { ExpiryDate = "24" }, Good with { ExpiryDate = "2024" } },
        { "date", "found.date", Good with { Found = new("yesterday", null) }, Good with { Found = new("2026-06-14", null) } },
        { "date", "reviewDate", Good with { ReviewDate = "2030" }, Good with { ReviewDate = "2030-01-01" } },
        { "inFuture", "eventDate", Good with { EventDate = "2026-06-16" }, Good with { EventDate = "2026-06-15" } },
        { "inFuture", "eventDate", Good with { EventDate = "2026-07" }, Good with { EventDate = "2026-06" } },
        { "inFuture", "issueDate", Good with { IssueDate = "2027" }, Good with { IssueDate = "2026" } },
        { "inFuture", "found.date", Good with { Found = new("2026-06-16", null) }, Good with { Found = new("2026", "Wien") } },
        { "expiryBeforeIssue", "expiryDate", Good with { IssueDate = "2020-05-02", ExpiryDate = "2020-05-01" },
            Good with { IssueDate = "2020-05-02", ExpiryDate = "2020-05" } },
        { "reviewPassed", "reviewDate", Good with { ReviewDate = "2026-06-15" }, Good with { ReviewDate = "2026-06-16" } },
        { "reviewTooFar", "reviewDate", Good with { ReviewDate = "2036-06-16" }, Good with { ReviewDate = "2036-06-15" } },
        { "countryUnknown", "reportingCountry", Good with { ReportingCountry = "XXB" }, Good with { ReportingCountry = "AUT" } },
        { "countryUnknown", "reportingCountry", Good with { ReportingCountry = "Austria" }, Good with { ReportingCountry = "YUG" } },
        { "textTooLong", "eventPlace", Good with { EventPlace = new('x', 201) }, Good with { EventPlace = new('x', 200) } },
        { "textTooLong", "nationalReference", Good with { NationalReference = new('x', 201) }, Good with { NationalReference = "Ref/7" } },
        { "textTooLong", "legalBasis", Revoked with { LegalBasis = new('x', 201) }, Revoked },
        { "textTooLong", "found.place", Good with { Found = new("2026", new('x', 201)) }, Good with { Found = new("2026", null) } },
        { "foundDateRequired", "found.date", Good with { Found = new(null, "Wien") }, Good with { Found = new("2026", "Wien") } },
        { "textTooLong", "additionalInformation", Good with { AdditionalInformation = new('x', 2001) },
            Good with { AdditionalInformation = new('x', 2000) } },
        { "textCharacters", "eventPlace", Good with { EventPlace = "a\u0007b" }, Good with { EventPlace = "a\tb\nc ملف" } },
        { "textCharacters", "eventPlace", Good with { EventPlace = "a\0" }, Good with { EventPlace = "" } },
        { "reasonRequired", "reasonCode", Revoked with { ReasonCode = null }, Revoked },
        { "reasonUnknown", "reasonCode", Revoked with { ReasonCode = "dislike" }, Revoked with { ReasonCode = "holderDeceased" } },
        { "reasonUnknown", "reasonCode", Revoked with { ReasonCode = "productionFault" },
            Revoked with { Status = "invalid", ReasonCode = "productionFault" } },
        { "reasonNotForStatus", "reasonCode", Good with { ReasonCode = "courtOrder" }, Good },
        { "legalBasisRequired", "legalBasis", Revoked with { LegalBasis = " " }, Revoked },
        { "legalBasisRequired", "legalBasis", Revoked with { Status = "invalid", LegalBasis = null }, Revoked with { Status = "invalid" } },
        { "rangeOnlyForBlanks", "rangeTo", Blank with { Status = "stolen" }, Blank },
        { "blankHasNoDates", "issueDate", Blank with { IssueDate = "2020" }, Blank with { EventDate = "2020" } },
        { "blankHasNoDates", "expiryDate", Blank with { RangeTo = null, ExpiryDate = "2030" }, Blank with { RangeTo = null } },
        { "rangeOrder", "rangeTo", Blank with { RangeTo = "C01X00T46" }, Blank with { RangeTo = "C01X00T48" } },
        { "rangeOrder", "rangeTo", Blank with { RangeTo = "c01x00 t47" }, Blank },
        { "rangeShape", "rangeTo", Blank with { RangeTo = "C01X00T470" }, Blank },
        { "rangeShape", "rangeTo", Blank with { RangeTo = "C01Y00T99" }, Blank },
        { "rangeShape", "rangeTo", Blank with { Number = "C01A", RangeTo = "C01A" }, Blank },
        { "rangeUnconfirmed", "rangeTo", Blank with { Number = "A0000000", RangeTo = "A0100000" },
            Blank with { Number = "A0000000", RangeTo = "A0100000", ConfirmLargeRange = true } },
        { "rangeTooLarge", "rangeTo", Blank with { Number = "A0000000", RangeTo = "A5000000", ConfirmLargeRange = true },
            Blank with { Number = "A0000000", RangeTo = "A4999999", ConfirmLargeRange = true } },
        { "numberCharacters", "rangeTo", Blank with { RangeTo = "C01X00T?9" }, Blank },
        { "numberRequired", "rangeTo", Blank with { RangeTo = "" }, Blank with { RangeTo = null } },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Each_rule_names_its_field_and_leaves_the_nearest_good_record_alone(
        string code, string field, TravelDocumentRequest bad, TravelDocumentRequest good)
    {
        var problem = Assert.Single(DocumentRules.Parse(bad, Here).Problems);
        Assert.Equal((code, field), (problem.Code, problem.Field));
        Assert.Empty(DocumentRules.Parse(good, Here).Problems);
    }

    [Fact]
    public void Specimens_are_recorded_in_development_only()
    {
        Assert.Equal("UTO", DocumentRules.Parse(Good with { Issuer = "UTO" }, Here).Value!.Issuer);
        Assert.Equal("issuerSpecimen", Assert.Single(DocumentRules.Parse(Good with { Issuer = "UTO" }, RealHub).Problems).Code);
        Assert.Empty(DocumentRules.Parse(Good, RealHub).Problems);
    }

    [Theory]
    [InlineData("D")]
    [InlineData("D<<")]
    [InlineData("DEU")]
    [InlineData("deu")]
    public void Germany_is_one_issuer_however_it_is_written(string issuer) =>
        Assert.Equal("DEU", DocumentRules.Parse(Good with { Issuer = issuer }, Here).Value!.Issuer);

    [Fact]
    public void What_is_left_out_stays_out_and_review_is_due_in_ten_years()
    {
        var document = DocumentRules.Parse(Good with { EventPlace = "  ", ReportingCountry = "", LegalBasis = " x " }, Here).Value!;
        Assert.Equal((null, null, null, "x"), (document.EventPlace, document.ReportingCountry, document.Found, document.LegalBasis));
        Assert.Equal(new DateOnly(2036, 6, 15), document.ReviewDate);
        Assert.Equal(new DateOnly(2034, 2, 28), DocumentRules.Parse(Good, Here with { Today = new(2024, 2, 29) }).Value!.ReviewDate);
    }

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        var problems = DocumentRules.Parse(new TravelDocumentRequest { EventDate = "x", ReviewDate = "y" }, Here).Problems;
        Assert.Equal(["eventDate", "issuer", "kind", "number", "reviewDate", "status"], problems.Select(p => p.Field).Order());
    }

    /// <summary>
    /// Whatever is sent: a document or problems with field, code and advice; never an exception, and never a repeated number.
    /// </summary>
    [Fact]
    public void Any_text_in_any_field_is_a_document_or_problems()
    {
        var text = Gen.OneOf(Gen.String, Gen.Const(""), Gen.Const("2024-05"), Gen.Const("C01X00T47"), Gen.Const("stolenBlank"),
            Gen.Const("UTO"));
        var anyNumber = Gen.OneOf(Gen.String, Gen.Const(""), Gen.Const("C01X00T47"));
        Gen.Select(anyNumber, text, text, text, text, text).Sample((number, rangeTo, issuer, status, date, other) =>
        {
            var parsed = DocumentRules.Parse(new TravelDocumentRequest
            {
                Number = number, RangeTo = rangeTo, Issuer = issuer, Kind = other, Status = status, EventDate = date, ReviewDate = date,
                ReasonCode = other, LegalBasis = other, Found = new(date, other), EventPlace = other,
            }, Here);
            Assert.True(parsed.Is(out _) ^ parsed.Problems.Count > 0);
            Assert.All(parsed.Problems, p => Assert.True(p.Field.Length > 0 && p.Code.Length > 0 && p.Message.Length > 0));
            if (number.Length > 8) Assert.DoesNotContain(parsed.Problems, p => p.Message.Contains(number, StringComparison.Ordinal));
        });
    }
}
