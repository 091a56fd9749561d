using Liaison.Api;
using Liaison.Api.TravelDocuments;

namespace ApiTests.TravelDocuments;

public sealed class RecordDocumentTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Every_field_comes_back_as_it_was_sent()
    {
        var sent = new TravelDocumentRequest
        {
            Number = "RT-000 001", Issuer = "D<<", Kind = "servicePassport", Status = "revoked", EventDate = "2025-03", EventPlace = "Bonn",
            ReportingCountry = "AUT", IssueDate = "2020-01-31", ExpiryDate = "2030-01", ReasonCode = "courtOrder", LegalBasis = "§ 8 PassG",
            NationalReference = "DE-2025-17", AdditionalInformation = "Cover torn", Found = new("2025-04-01", "Wien"),
            ReviewDate = "2031-01-01", Why = "Order of the court",
        };
        var recorded = await hub.RecordedAsync(sent, Callers.Germany);
        var read = (await hub.As(Callers.France).ReadAsync(recorded.Id, CancellationToken.None)).Value!;
        Assert.Equal(recorded, read);
        Assert.Equal(sent.Number, read.Number);
        Assert.Equal("DEU", read.Issuer);
        Assert.Equal("DEU", read.Owner);
        Assert.Equal((sent.Kind, sent.Status, sent.EventDate, sent.EventPlace), (read.Kind, read.Status, read.EventDate, read.EventPlace));
        Assert.Equal((sent.ReportingCountry, sent.IssueDate, sent.ExpiryDate), (read.ReportingCountry, read.IssueDate, read.ExpiryDate));
        Assert.Equal((sent.ReasonCode, sent.LegalBasis), (read.ReasonCode, read.LegalBasis));
        Assert.Equal((sent.NationalReference, sent.AdditionalInformation), (read.NationalReference, read.AdditionalInformation));
        Assert.Equal(sent.Found, read.Found);
        Assert.Equal(new DateOnly(2031, 1, 1), read.ReviewDate);
        Assert.Equal(1, read.Version);
    }

    [Fact]
    public async Task Review_is_due_after_ten_years_unless_said_otherwise()
    {
        var recorded = await hub.RecordedAsync(Documents.Stolen("RT000002"));
        Assert.Equal(DateOnly.FromDateTime(recorded.RecordedAt.UtcDateTime).AddYears(10), recorded.ReviewDate);
    }

    [Theory]
    [InlineData("FRA", Callers.Germany)]
    [InlineData("GBD", Callers.France)]
    [InlineData("UNO", Callers.France)]
    public async Task Only_the_issuing_authority_writes_its_documents(string issuer, string token)
    {
        var problem = await Documents.RefusedAsync(hub.As(token).RecordAsync(Documents.Stolen("RT000003", issuer), null, CancellationToken.None));
        Assert.Equal((403, "notIssuingAuthority"), (problem.Status, problem.Code));
        Assert.True(await hub.ScalarAsync<bool>("""
            SELECT EXISTS (SELECT FROM audit.entry WHERE event = 'access.denied' AND outcome = 'denied' AND account = $1
                AND subject = 'RT000003'
                AND asked::jsonb @> jsonb_build_object('attempted', 'travelDocuments.recorded', 'rule', 'notIssuingAuthority',
                    'asked', jsonb_build_object('issuer', $2)))
            """, token.Replace("token-of-", "", StringComparison.Ordinal), issuer));
    }

    [Fact]
    public async Task One_member_may_own_several_codes()
    {
        foreach (var issuer in new[] { "GBR", "GBD", "GBN" })
            Assert.Equal("GBR", (await hub.RecordedAsync(Documents.Stolen("RT000004", issuer), Callers.Kingdom)).Owner);
    }

    [Fact]
    public async Task The_same_document_is_refused_with_the_record_that_is_there()
    {
        var first = await hub.RecordedAsync(Documents.Stolen("RT000005"));
        var problem = await Documents.RefusedAsync(
            hub.As(Callers.Utopia).RecordAsync(Documents.Stolen("rt 000005"), null, CancellationToken.None));
        Assert.Equal((409, "duplicateDocument"), (problem.Status, problem.Code));
        Assert.Equal(first.Id, problem.ExistingId);
        await hub.RecordedAsync(Documents.Stolen("RT000005", kind: "visa"));
    }

    [Fact]
    public async Task A_repeated_request_with_its_key_has_one_effect_and_one_answer()
    {
        var client = hub.As(Callers.Utopia);
        var first = await client.RecordAsync(Documents.Stolen("RT000006"), "key-6", CancellationToken.None);
        var again = await client.RecordAsync(Documents.Stolen("RT000006"), "key-6", CancellationToken.None);
        Assert.Equal(first.Body, again.Body);
        Assert.Equal(first.ETag, again.ETag);

        var other = await Documents.RefusedAsync(client.RecordAsync(Documents.Stolen("RT000007"), "key-6", CancellationToken.None));
        Assert.Equal((422, "idempotencyKeyReused"), (other.Status, other.Code));
        Assert.Equal("notKnown", (await hub.FoundAsync("RT000007")).Answer);
    }

    [Fact]
    public async Task Concurrent_repeats_of_one_request_record_once()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            hub.As(Callers.Utopia).RecordAsync(Documents.Stolen("RT000008"), "key-8", CancellationToken.None)));
        Assert.Single(replies.Select(r => r.Value!.Id).Distinct());
    }

    [Fact]
    public async Task Concurrent_reports_of_one_document_record_once()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            hub.As(Callers.Utopia).RecordAsync(Documents.Stolen("RT000009"), null, CancellationToken.None)));
        var recorded = Assert.Single(replies, r => r.Value is not null);
        Assert.All(replies.Where(r => r.Problem is not null), r => Assert.Equal(recorded.Value!.Id, r.Problem!.ExistingId));
    }

    [Theory]
    [InlineData("surname")]
    [InlineData("date_of_birth")]
    [InlineData("holderName")]
    [InlineData("Surnames")]
    [InlineData("person-name")]
    public async Task Fields_about_persons_are_refused_by_name(string field)
    {
        using var body = new StringContent($$"""{"number":"RT000010","issuer":"UTO","kind":"passport","status":"lost","{{field}}":"x"}""",
            null, "application/json");
        using var response = await hub.Http(Callers.Utopia).PostAsync(new Uri(Routes.TravelDocuments, UriKind.Relative), body);
        Assert.Equal(400, (int)response.StatusCode);
        var problem = System.Text.Json.JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), LiaisonJson.Default.Problem)!;
        Assert.Equal((field, "nominalField"), (Assert.Single(problem.Errors).Field, problem.Errors[0].Code));
        Assert.Equal("notKnown", (await hub.FoundAsync("RT000010")).Answer);
    }

    [Fact]
    public async Task What_a_rule_refuses_is_in_the_audit_with_the_record_that_was_told()
    {
        var recorded = await hub.RecordedAsync(Documents.Stolen("RT000012"));
        var client = hub.As(Callers.Utopia);
        await Documents.RefusedAsync(client.RecordAsync(Documents.Stolen("RT000012"), null, CancellationToken.None));
        await Documents.RefusedAsync(client.WithdrawAsync(recorded.Id, "\"7\"", new() { Reason = "falseReport" }, CancellationToken.None));
        var unknown = Guid.CreateVersion7();
        await Documents.RefusedAsync(client.WithdrawAsync(unknown, "\"1\"", new() { Reason = "falseReport" }, CancellationToken.None));
        foreach (var (outcome, id) in new[] { ("duplicateDocument", recorded.Id), ("versionConflict", recorded.Id), ("unknownRecord", unknown) })
        {
            Assert.True(await hub.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT FROM audit.entry WHERE outcome = $1 AND account = 'utopia' AND records = ARRAY[$2])", outcome, id), outcome);
        }
    }

    [Fact]
    public async Task Many_denials_at_once_neither_stop_the_hub_nor_are_lost()
    {
        var recorded = await hub.RecordedAsync(Documents.Stolen("RT000013"));
        // Two nodes over one database: together they must leave connections to the audit and to each other.
        await using var other = await hub.StartHubAsync();
        using var http = new HttpClient { BaseAddress = new(other.Urls.First()) };
        var nodes = new[] { hub.As(Callers.France), new LiaisonClient(http, Callers.France) };
        var denials = Task.WhenAll(Enumerable.Range(0, 300).Select(i => nodes[i % 2].ChangeAsync(
            recorded.Id, "\"1\"", Documents.Stolen("RT000013") with { Why = "Mine" }, CancellationToken.None)));
        Assert.Equal("hit", (await hub.FoundAsync("RT000013")).Answer);
        Assert.All(await denials, reply => Assert.Equal("notIssuingAuthority", reply.Problem?.Code));
        Assert.Equal(300L, await hub.ScalarAsync<long>(
            "SELECT count(*) FROM audit.entry WHERE event = 'access.denied' AND records = ARRAY[$1]", recorded.Id));
    }

    [Theory]
    [InlineData("a\0b", "textCharacters")]
    [InlineData("long", "textTooLong")]
    public async Task What_goes_into_the_history_is_checked(string why, string code)
    {
        if (why == "long") why = new string('x', 501);
        var client = hub.As(Callers.Utopia);
        var recorded = (await client.RecordAsync(Documents.Stolen("RT000014"), "rt14", CancellationToken.None)).Value!;
        foreach (var problem in new[]
        {
            await Documents.RefusedAsync(client.RecordAsync(Documents.Stolen("RT000015") with { Why = why }, null, CancellationToken.None)),
            await Documents.RefusedAsync(client.ChangeAsync(
                recorded.Id, "\"1\"", Documents.Stolen("RT000014") with { Why = why }, CancellationToken.None)),
            await Documents.RefusedAsync(client.WithdrawAsync(
                recorded.Id, "\"1\"", new() { Reason = "falseReport", Why = why }, CancellationToken.None)),
        })
        {
            Assert.Equal(("why", code), (Assert.Single(problem.Errors).Field, problem.Errors[0].Code));
        }
    }

    [Fact]
    public async Task A_write_is_visible_to_the_next_search_and_after_a_restart()
    {
        await hub.RecordedAsync(Documents.Stolen("RT000011"));
        Assert.Equal("hit", (await hub.FoundAsync("RT000011")).Answer);
        await hub.RestartAsync();
        Assert.Equal("hit", (await hub.FoundAsync("RT000011")).Answer);
    }
}
