using Liaison.Api.TravelDocuments;

namespace ApiTests.TravelDocuments;

public sealed class SearchDocumentsTests(SearchDocumentsTests.Hub hub) : IClassFixture<SearchDocumentsTests.Hub>
{
    /// <summary>A hub that knows what these tests ask for.</summary>
    public sealed class Hub(TestCluster cluster) : HubFixture(cluster)
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await this.RecordedAsync(Documents.Stolen("L898902C3"));
            await this.RecordedAsync(Documents.Stolen("AB-12 34/56"));
            await this.RecordedAsync(Documents.Stolen("D23145890734", kind: "identityCard"));
            await this.RecordedAsync(Documents.Blanks("X00000100", "X00000299"));
            await this.RecordedAsync(Documents.Stolen("OB1234567"));
            await this.RecordedAsync(Documents.Stolen("C01X00T47", "D"), Callers.Germany);
            await this.RecordedAsync(Documents.Stolen("GB0000001", "GBO"), Callers.Kingdom);
            await this.RecordedAsync(Documents.Stolen("NAMESAKE1"));
            await this.RecordedAsync(Documents.Stolen("NAMESAKE1", "FRA"), Callers.France);
        }
    }

    [Theory]
    [InlineData("L898902C3", "numberExact")]
    [InlineData("l898902c3", "separatorsIgnored")]
    [InlineData("L8989 02-C3", "separatorsIgnored")]
    [InlineData("AB123456", "separatorsIgnored")]
    [InlineData("AB-12 34/56", "numberExact")]
    [InlineData("X00000100", "insideBlankRange")]
    [InlineData("x0000 0150", "insideBlankRange")]
    [InlineData("X00000299", "insideBlankRange")]
    public async Task The_same_number_is_a_hit_and_says_why(string number, string reason)
    {
        var answer = await hub.FoundAsync(number, "UTO", "passport");
        Assert.Equal("hit", answer.Answer);
        var match = Assert.Single(answer.Matches);
        Assert.Equal("hit", match.Confidence);
        Assert.Equal([reason], match.ReasonCodes());
        Assert.Contains("UTO", match.Confirm, StringComparison.Ordinal);
        Assert.True(answer.AsOf.Position > 0);
    }

    [Theory]
    [InlineData("Z99999999")]
    [InlineData("X00000099")]
    [InlineData("X00000300")]
    [InlineData("X0000150")]
    [InlineData("L898902C")]
    public async Task What_is_not_on_file_is_not_known(string number)
    {
        var answer = await hub.FoundAsync(number);
        Assert.Equal("notKnown", answer.Answer);
        Assert.Empty(answer.Matches);
    }

    [Theory]
    [InlineData("L8989O2C3", "passport", "UTO", "numberConfusable")]
    [InlineData("0B1234567", "passport", "UTO", "numberConfusable")]
    [InlineData("X0000O150", "passport", "UTO", "rangeConfusable")]
    [InlineData("L898902C3", "visa", "UTO", "numberExact otherKind")]
    [InlineData("L898902C3", "passport", "UT0", "numberExact issuerConfusable")]
    [InlineData("GB0000001", "passport", "GBD", "numberExact issuerConfusable")]
    public async Task What_may_be_a_misreading_is_only_possible(string number, string kind, string issuer, string reasons)
    {
        var answer = await hub.FoundAsync(number, issuer, kind);
        Assert.Equal("possible", answer.Answer);
        Assert.Equal(reasons, string.Join(' ', Assert.Single(answer.Matches).ReasonCodes()));
    }

    [Theory]
    [InlineData("L898902C4", "oneCharacterOff")]
    [InlineData("L898920C3", "neighboursSwapped")]
    public async Task Near_asks_one_slip_further(string number, string reason)
    {
        Assert.Equal("notKnown", (await hub.FoundAsync(number)).Answer);
        var answer = await hub.FoundAsync(number, near: true);
        Assert.Equal("possible", answer.Answer);
        Assert.Equal([reason], Assert.Single(answer.Matches).ReasonCodes());
    }

    [Fact]
    public async Task A_foreign_namesake_is_not_shown_unless_asked_near()
    {
        var own = await hub.FoundAsync("NAMESAKE1");
        Assert.Equal("UTO", Assert.Single(own.Matches).Document.Issuer);

        var near = await hub.FoundAsync("NAMESAKE1", near: true);
        Assert.Equal("hit", near.Answer);
        Assert.Equal(["UTO", "FRA"], near.Matches.Select(m => m.Document.Issuer));
        Assert.Equal(["numberExact", "otherIssuer"], near.Matches[1].ReasonCodes());
        Assert.Equal("possible", near.Matches[1].Confidence);
    }

    [Fact]
    public async Task Without_an_issuer_the_answer_is_weak_and_ranges_do_not_match()
    {
        var answer = await hub.FoundAsync("NAMESAKE1", issuer: null);
        Assert.Equal(2, answer.Matches.Count);
        Assert.Contains(answer.Notes, n => n.Code == "weakWithoutIssuer");
        Assert.Equal("notKnown", (await hub.FoundAsync("X00000150", issuer: null)).Answer);
    }

    [Theory]
    [InlineData("D")]
    [InlineData("DEU")]
    [InlineData("d<<")]
    public async Task Germany_is_one_issuer_however_it_is_written(string issuer) =>
        Assert.Equal("hit", (await hub.FoundAsync("C01X00T47", issuer)).Answer);

    [Theory]
    [InlineData(Documents.SpecimenTd3)]
    [InlineData("p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<<\r\nl898902c36uto7408122f1204159ze184226b<<<<<10\r\n")]
    [InlineData("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10")]
    public async Task The_specimen_as_readers_deliver_it_is_a_hit(string mrz)
    {
        var answer = await hub.FoundAsync(new SearchRequest { Mrz = mrz });
        Assert.Equal("hit", answer.Answer);
        Assert.Equal(["numberExact"], Assert.Single(answer.Matches).ReasonCodes());
        Assert.Equal("TD3", answer.Mrz!.Format);
        Assert.Equal(["birthDate", "composite", "documentNumber", "expiryDate", "personalNumber"], answer.Mrz.Checks.Keys.Order(StringComparer.Ordinal));
        Assert.All(answer.Mrz.Checks.Values, verdict => Assert.Equal("valid", verdict));
        Assert.DoesNotContain(answer.Notes, n => n.Code == "checkDigitFailed");
    }

    [Fact]
    public async Task One_repair_that_the_check_digit_proves_is_a_hit()
    {
        var answer = await hub.FoundAsync(new SearchRequest
        {
            Mrz = Documents.SpecimenTd3.Replace("L898902C3", "L8989O2C3", StringComparison.Ordinal),
        });
        Assert.Equal("hit", answer.Answer);
        Assert.Equal(["numberRepaired"], Assert.Single(answer.Matches).ReasonCodes());
        Assert.Contains(answer.Notes, n => n.Code == "checkDigitFailed" && n.Text.Contains("documentNumber", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_misread_characters_are_only_possible()
    {
        var answer = await hub.FoundAsync(new SearchRequest
        {
            Mrz = Documents.SpecimenTd3.Replace("L898902C3", "L8989O2C3", StringComparison.Ordinal).Replace("L8", "LB", StringComparison.Ordinal),
        });
        Assert.Equal("possible", answer.Answer);
        Assert.Equal(["numberConfusable"], Assert.Single(answer.Matches).ReasonCodes());
    }

    [Fact]
    public async Task A_misread_issuer_in_the_MRZ_is_only_possible()
    {
        var answer = await hub.FoundAsync(new SearchRequest
        {
            Mrz = Documents.SpecimenTd3.Replace("P<UTO", "P<UT0", StringComparison.Ordinal),
        });
        Assert.Equal("possible", answer.Answer);
        Assert.Contains("issuerConfusable", Assert.Single(answer.Matches).ReasonCodes());
    }

    [Theory]
    [InlineData("P<QQQ")]
    [InlineData("P<XXA")]
    public async Task An_unreadable_issuer_in_the_MRZ_costs_no_answer_and_gives_no_hit(string start)
    {
        var answer = await hub.FoundAsync(new SearchRequest { Mrz = Documents.SpecimenTd3.Replace("P<UTO", start, StringComparison.Ordinal) });
        Assert.Equal("possible", answer.Answer);
        Assert.Equal(["numberExact", "issuerUnreadable"], Assert.Single(answer.Matches).ReasonCodes());
    }

    [Theory]
    [InlineData("ERIKSSON<<ANNA<MARIA<<<<<<<<<<\nI<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6", null)]
    [InlineData("CARLSSON<<ANNA<MARIA<<<<<<<<<<\nI<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6", null)]
    [InlineData(null, "P<UTOERIKSSON<<ANNA<MARIA")]
    public async Task Names_are_never_taken_for_a_number(string? mrz, string? number)
    {
        var problem = await Documents.RefusedAsync(hub.As(Callers.France).SearchAsync(
            new SearchRequest { Mrz = mrz, Number = number }, CancellationToken.None));
        Assert.Equal(400, problem.Status);
        Assert.False(await hub.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM audit.entry e WHERE e::text ~ 'ERIKSSON|CARLSSON|SSONANNA')"));
    }

    [Fact]
    public async Task A_long_number_on_an_identity_card_is_found()
    {
        var answer = await hub.FoundAsync(new SearchRequest
        {
            Mrz = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<",
        });
        Assert.Equal("hit", answer.Answer);
        Assert.Equal("D23145890734", answer.Mrz!.Number);
    }

    [Theory]
    [InlineData("purposeUnknown", "purpose")]
    [InlineData("numberRequired", "number")]
    [InlineData("numberTooLong", "number")]
    [InlineData("numberCharacters", "number")]
    [InlineData("issuerUnknown", "issuer")]
    [InlineData("issuerNationalityOnly", "issuer")]
    [InlineData("kindUnknown", "kind")]
    [InlineData("numberOrMrz", "mrz")]
    [InlineData("mrzFormat", "mrz")]
    [InlineData("moment", "occurredAt")]
    [InlineData("inFuture", "occurredAt")]
    [InlineData("textTooLong", "place")]
    public async Task Bad_questions_name_the_field_and_the_rule(string code, string field)
    {
        var good = new SearchRequest { Number = "L898902C3", Issuer = "UTO" };
        var bad = code switch
        {
            "purposeUnknown" => good with { Purpose = "curiosity" },
            "numberRequired" => good with { Number = " - " },
            "numberTooLong" => good with { Number = new string('1', 33) },
            "numberCharacters" => good with { Number = "Ж123" },
            "issuerUnknown" => good with { Issuer = "QQQ" },
            "issuerNationalityOnly" => good with { Issuer = "XXB" },
            "kindUnknown" => good with { Kind = "library card" },
            "numberOrMrz" => good with { Mrz = Documents.SpecimenTd3 },
            "mrzFormat" => new SearchRequest { Mrz = new string('<', 88) },
            "moment" => good with { OccurredAt = "2026-01-01T00:00:00" },
            "inFuture" => good with { OccurredAt = "2099-01-01T00:00:00Z" },
            _ => good with { Place = new string('x', 101) },
        };
        var problem = await Documents.RefusedAsync(hub.As(Callers.France).SearchAsync(bad, CancellationToken.None));
        Assert.Equal(400, problem.Status);
        Assert.Contains(problem.Errors, e => e.Code == code && e.Field == field);
    }

    [Fact]
    public async Task A_purpose_is_required_of_callers_without_a_default()
    {
        var problem = await Documents.RefusedAsync(
            hub.As(Callers.NoPurpose).SearchAsync(new SearchRequest { Number = "L898902C3" }, CancellationToken.None));
        Assert.Equal("purposeRequired", Assert.Single(problem.Errors).Code);
    }
}
