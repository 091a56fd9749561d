using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using ApiTests.CommandLine;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.TravelDocuments.SearchMany;

namespace ApiTests.TravelDocuments;

public sealed class SearchManyTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Every_line_is_answered_in_its_order_and_the_last_line_counts_them()
    {
        var recorded = await hub.RecordedAsync(Documents.Stolen("BM0000001"));
        var answers = await AskAsync("""
            {"number":"BM0000001","issuer":"UTO"}
            {"number":"BM0000009","issuer":"UTO","ref":"second"}

            {"number":"bm-0000001","issuer":"UTO","ref":"Größe \"3\""}
            {"number":"BMOOOOOO1","issuer":"UTO","kind":"passport"}
            {"number":"BM0000001"}
            """);
        Assert.Equal([1, 2, 4, 5, 6, null], answers.Select(a => a.Line));
        Assert.Equal(["hit", "notKnown", "hit", "possible", "hit", null], answers.Select(a => a.Answer));
        Assert.Equal([null, "second", "Größe \"3\"", null, null, null], answers.Select(a => a.Ref));
        Assert.Equal(recorded.Id, answers[0].Matches!.Single().Document.Id);
        Assert.Equal("separatorsIgnored", answers[2].Matches!.Single().ReasonCodes()[0]);
        Assert.Null(answers[1].SearchId);
        var summary = answers[^1].Summary!;
        Assert.Equal((6, 3, 1, 1, 0), (summary.Lines, summary.Hit, summary.Possible, summary.NotKnown, summary.Refused));
        Assert.True(summary.AsOf.Position > 0);
    }

    /// <summary>A list that repeats a question has one hit by it, unless the document was shown somewhere else; the owner is told once of each.</summary>
    [Fact]
    public async Task What_a_list_repeats_is_one_hit()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("BM0000051"));
        var answers = await AskAsync(string.Join('\n', Enumerable.Repeat("{\"number\":\"BM0000051\",\"issuer\":\"UTO\"}", 3_000)
            .Append("{\"number\":\"BM0000051\",\"issuer\":\"UTO\",\"place\":\"Kehl\"}")
            // Of the document itself, where those before may have had another one of the same number.
            .Append("{\"number\":\"BM0000051\",\"issuer\":\"UTO\",\"kind\":\"passport\"}")));
        Guid?[] ids = [.. answers.SkipLast(1).Select(a => a.Matches!.Single().HitId)];
        Assert.Equal((3_002, 3_002), (answers[^1].Summary!.Lines, answers[^1].Summary!.Hit));
        Assert.Single(ids[..3_000].Distinct());
        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equal(ids.Distinct().Order(), (await hub.ScalarAsync<Guid[]>(
            "SELECT array_agg(event ORDER BY event) FROM platform.outbox WHERE type = 'travelDocuments.hit' AND position($1 IN payload::text) > 0", record.Id.ToString())).Cast<Guid?>());
    }

    [Fact]
    public async Task A_bad_line_answers_for_itself_as_a_single_search_would()
    {
        string[] bad = ["{", "[]", "null", "{\"number\":1}", "{\"nosuch\":true}", "{\"number\":\"A1\",\"issuer\":\"QQQ\"}", "{\"number\":\"A1\",\"kind\":\"horse\"}", "{\"ref\":\"x\"}"];
        var answers = await AskAsync(string.Join("\r\n", [.. bad, "{\"number\":\"A1\",\"issuer\":\"FRA\"}"]));
        for (var i = 0; i < bad.Length; i++)
        {
            Assert.Equal(i + 1, answers[i].Line);
            if (bad[i].Contains("ref", StringComparison.Ordinal)) continue;
            using var body = new StringContent(bad[i], Encoding.UTF8, "application/json");
            using var single = await hub.Http(Callers.France).PostAsync(new Uri(Routes.TravelDocumentSearch, UriKind.Relative), body);
            var expected = JsonSerializer.Deserialize(await single.Content.ReadAsStringAsync(), LiaisonJson.Default.Problem)!;
            Assert.Equal((expected.Code, expected.Status), (answers[i].Problem!.Code, answers[i].Problem!.Status));
            Assert.Equal(expected.Errors, answers[i].Problem!.Errors);
        }

        Assert.Equal("x", answers[7].Ref);
        Assert.Equal("numberRequired", answers[7].Problem!.Errors.Single().Code);
        Assert.Equal("notKnown", answers[8].Answer);
        Assert.Equal((9, 8), (answers[9].Summary!.Lines, answers[9].Summary!.Refused));
    }

    [Fact]
    public async Task A_line_beyond_every_measure_is_refused_and_the_next_is_answered()
    {
        var huge = "{\"number\":\"" + new string('A', 400_000) + "\"}";
        var answers = await AskAsync($"{{\"number\":\"A1\",\"issuer\":\"FRA\"}}\n{huge}\n{{\"number\":\"A2\",\"issuer\":\"FRA\"}}\n");
        Assert.Equal(["notKnown", null, "notKnown", null], answers.Select(a => a.Answer));
        Assert.Equal("bodyTooLarge", answers[1].Problem!.Code);
        Assert.Equal(3, answers[3].Summary!.Lines);
    }

    [Fact]
    public async Task A_machine_readable_zone_is_answered_as_alone()
    {
        await hub.RecordedAsync(Documents.Stolen("L898902C3"));
        var line = JsonSerializer.Serialize(new SearchLine { Mrz = Documents.SpecimenTd3, Ref = "zone" }, LiaisonJson.Default.SearchLine);
        var answer = (await AskAsync(line))[0];
        Assert.Equal(("hit", "zone"), (answer.Answer, answer.Ref));
        Assert.Equal("L898902C3", answer.Mrz!.Number);
        Assert.DoesNotContain("ERIKSSON", await hub.ScalarAsync<string>("SELECT string_agg(asked, '') FROM audit.entry WHERE id = $1", answer.SearchId!), StringComparison.Ordinal);
    }

    /// <summary>Thousands of lines, so that they come in many pieces: each question is in the audit, once, and found by its number.</summary>
    [Fact]
    public async Task Every_question_is_audited_and_found_by_its_number()
    {
        await hub.RecordedAsync(Documents.Stolen("AU0000777", "UTO"));
        var lines = new StringBuilder();
        for (var i = 0; i < 7000; i++)
            lines.Append(null, $"{{\"number\":\"AU{i:D7}\",\"issuer\":\"UTO\"{(i % 2 == 0 ? ",\"kind\":\"passport\"" : "")}}}\n");
        var answers = await AskAsync(lines.ToString());
        var summary = answers[^1].Summary!;
        Assert.Equal((7000, 1, 6999), (summary.Lines, summary.Hit, summary.NotKnown));
        Assert.Equal(Enumerable.Range(1, 7000).Select(i => (long?)i), answers.SkipLast(1).Select(a => a.Line));

        const string Own = "FROM audit.entry WHERE event = 'travelDocuments.searchedMany' AND asked::jsonb ->> 'batch' = $1";
        Assert.Equal(7000, await hub.ScalarAsync<long>("SELECT sum(jsonb_array_length(asked::jsonb -> 'questions') / 2)::bigint " + Own, summary.SearchId.ToString()));
        Assert.True(await hub.ScalarAsync<long>("SELECT count(*) " + Own, summary.SearchId.ToString()) >= 4);
        Assert.Equal(1, await hub.ScalarAsync<long>(
            "SELECT count(*) FROM audit.find_subject($1, now() - interval '1 hour', now() + interval '1 hour') WHERE asked::jsonb ->> 'batch' = $2",
            "AU0004321", summary.SearchId.ToString()));

        var hit = answers[777];
        Assert.Equal("hit", await hub.ScalarAsync<string>("SELECT outcome FROM audit.entry WHERE id = $1", hit.SearchId!));
        Assert.Equal([hit.Matches!.Single().Document.Id], await hub.ScalarAsync<Guid[]>("SELECT records FROM audit.entry WHERE id = $1", hit.SearchId!));
        Assert.Equal("778", await hub.ScalarAsync<string>("SELECT payload ->> 'line' FROM platform.outbox WHERE audit_entry = $1", hit.SearchId!));
        using var asked = JsonDocument.Parse(await hub.ScalarAsync<string>("SELECT asked FROM audit.entry WHERE id = $1", hit.SearchId!));
        var (place, first) = (asked.RootElement.GetProperty("found")[0][0].GetInt32(), asked.RootElement.GetProperty("firstLine").GetInt32());
        Assert.Equal(778, first + place);
        Assert.Equal("AU0000777", asked.RootElement.GetProperty("questions")[2 * place].GetString());
        var facet = asked.RootElement.GetProperty("facets")[asked.RootElement.GetProperty("questions")[2 * place + 1].GetInt32()];
        Assert.Equal("UTO", facet.GetProperty("issuer").GetString());
    }

    /// <summary>The fast path may not know better than the rules: the same questions, alone and in a batch, have the same answers.</summary>
    [Fact]
    public async Task Random_questions_have_the_answers_that_they_have_alone()
    {
        var random = new Random(20_261_124);
        string[] stems = ["PR10000", "PRI0000", "PR1O000", "pr 10-000"], issuers = ["UTO", "uto", "FRA", "UT0", "D", "DEU", "XXA"];
        string[] kinds = ["passport", "visa", "other"];
        for (var i = 0; i < 20; i++) await hub.RecordedAsync(Documents.Stolen($"PR10000{i:D2}", "UTO", kinds[i % 2]));
        await hub.RecordedAsync(Documents.Blanks("PR1000080", "PR1000089"));
        var requests = Enumerable.Range(0, 200).Select(_ => new SearchRequest
        {
            Number = Pick(stems) + random.Next(100).ToString("D2", null),
            Issuer = random.Next(5) == 0 ? null : Pick(issuers),
            Kind = random.Next(2) == 0 ? null : Pick(kinds),
            Near = random.Next(6) == 0 ? true : null,
            Purpose = random.Next(8) == 0 ? "training" : null,
        }).ToArray();
        var answers = await AskAsync(string.Join('\n', requests.Select(r => JsonSerializer.Serialize(r, LiaisonJson.Default.SearchRequest))));
        for (var i = 0; i < requests.Length; i++)
        {
            var alone = await hub.As(Callers.France).SearchAsync(requests[i], CancellationToken.None);
            Assert.Equal(alone.Problem?.Errors ?? [], answers[i].Problem?.Errors ?? []);
            Assert.Equal(alone.Value?.Answer, answers[i].Answer);
            if (answers[i].SearchId is null && answers[i].Problem is null) Assert.Equal(("notKnown", 0), (alone.Value!.Answer, alone.Value.Notes.Count));
            else if (alone.Value is { } value) Assert.Equal(Comparable(value.Matches, value.Notes), Comparable(answers[i].Matches!, answers[i].Notes!));
        }

        Assert.Contains(answers, a => a.Answer == "hit");
        Assert.Contains(answers, a => a.Answer == "possible");
        Assert.Contains(answers, a => a.Problem is not null);

        string Pick(string[] from) => from[random.Next(from.Length)];
    }

    [Fact]
    public async Task Gzip_is_taken_and_what_is_none_is_refused()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync("{\"number\":\"GZ1\",\"issuer\":\"FRA\"}\n"u8.ToArray());
        using var good = Content(packed.ToArray());
        good.Headers.ContentEncoding.Add("gzip");
        using var answer = await hub.Http(Callers.France).PostAsync(new Uri(Routes.TravelDocumentSearchMany, UriKind.Relative), good);
        Assert.Equal(1, Read(await answer.Content.ReadAsStringAsync())[^1].Summary!.NotKnown);

        using var bad = Content("no gzip at all, whatever it says"u8.ToArray());
        bad.Headers.ContentEncoding.Add("gzip");
        using var refused = await hub.Http(Callers.France).PostAsync(new Uri(Routes.TravelDocumentSearchMany, UriKind.Relative), bad);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Purpose_and_reference_come_once_for_all_or_with_a_line()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.TravelDocumentSearchMany)
        {
            Content = Content("{\"number\":\"PU1\",\"issuer\":\"FRA\"}\n{\"number\":\"PU2\",\"issuer\":\"FRA\",\"purpose\":\"carrierCheck\",\"place\":\"Gate 7\"}"u8.ToArray()),
            Headers = { { Headers.Purpose, "training" }, { Headers.Reference, "night run" } },
        };
        using var response = await hub.Http(Callers.NoPurpose).SendAsync(request);
        var summary = Read(await response.Content.ReadAsStringAsync())[^1].Summary!;
        Assert.Equal(2, summary.NotKnown + summary.Refused);
        Assert.Equal("training|night run", await hub.ScalarAsync<string>(
            "SELECT purpose || '|' || reference FROM audit.entry WHERE asked::jsonb ->> 'batch' = $1", summary.SearchId.ToString()));

        using var without = await hub.Http(Callers.NoPurpose).PostAsync(
            new Uri(Routes.TravelDocumentSearchMany, UriKind.Relative), Content("{\"number\":\"PU1\",\"issuer\":\"FRA\"}"u8.ToArray()));
        Assert.Equal("purposeRequired", Read(await without.Content.ReadAsStringAsync())[0].Problem!.Errors.Single().Code);
    }

    /// <summary>The command line sends what it has in pieces and gives every answer the line of its own file.</summary>
    [Fact]
    public async Task The_command_line_checks_a_file()
    {
        await hub.RecordedAsync(Documents.Stolen("CK0000002"));
        using var shell = new HubShell(hub.Address, Callers.France);
        var csv = new StringBuilder("ref;number;issuer\n");
        for (var i = 1; i <= 2500; i++) csv.Append(null, $"row {i};CK{i:D7};{(i == 2400 ? "QQQ" : "UTO")}\n");
        shell.Write("list.csv", csv.ToString());
        Assert.Equal(0, await shell.RunAsync("check", "list.csv", "--out", "answers.csv"));
        var answers = shell.Read("answers.csv").Split("\r\n");
        Assert.Equal("line,ref,answer,records,reasons,problem,ask", answers[0]);
        Assert.StartsWith("3,row 2,hit,", answers[2], StringComparison.Ordinal);
        Assert.StartsWith("2501,row 2500,notKnown", answers[2500], StringComparison.Ordinal);
        Assert.Contains("refused", answers[2400], StringComparison.Ordinal);
        Assert.Contains("2,498", shell.Out, StringComparison.Ordinal);
    }

    /// <summary>Answers come while questions still go; who hangs up has asked what it asked.</summary>
    [Fact]
    public async Task Answers_come_while_the_stream_is_open_and_stay_audited_when_the_client_hangs_up()
    {
        using (var batch = await OpenBatch.BeginAsync(hub.Address, Callers.France))
        {
            await batch.SendAsync("{\"number\":\"OB0000001\",\"issuer\":\"FRA\"}\n");
            await batch.UntilAsync("{\"line\":1,\"answer\":\"notKnown\"}");
            await batch.SendAsync("{\"number\":\"OB0000002\",\"issuer\":\"FRA\"}\n{\"number\":\"OB00");
            await batch.UntilAsync("{\"line\":2,\"answer\":\"notKnown\"}");
        }

        const string Count = "SELECT count(*) FROM audit.find_subject($1, now() - interval '1 hour', now() + interval '1 hour')";
        Assert.Equal(1, await hub.ScalarAsync<long>(Count, "OB0000001"));
        Assert.Equal(1, await hub.ScalarAsync<long>(Count, "OB0000002"));
        Assert.Equal(1, (await AskAsync("{\"number\":\"OB0000003\",\"issuer\":\"FRA\"}"))[^1].Summary!.NotKnown);
    }

    [Fact]
    public async Task More_batches_than_a_node_takes_are_told_to_come_back()
    {
        var open = new List<OpenBatch>();
        try
        {
            for (var i = 0; i < SearchManyDocuments.MostBatches; i++)
            {
                open.Add(await OpenBatch.BeginAsync(hub.Address, Callers.France));
                await open[i].SendAsync("{\"number\":\"MB1\",\"issuer\":\"FRA\"}\n");
                await open[i].UntilAsync("notKnown");
            }

            var refused = await hub.As(Callers.France).SearchManyAsync("{\"number\":\"MB1\",\"issuer\":\"FRA\"}"u8.ToArray(), CancellationToken.None);
            Assert.Equal("tooManyRequests", refused.Problem?.Code);
            await open[0].EndAsync();
            await open[0].UntilAsync("\"summary\"");
            // The place is free a moment after the last byte was sent.
            for (var tries = 0; ; tries++)
            {
                var taken = await hub.As(Callers.France).SearchManyAsync("{\"number\":\"MB1\",\"issuer\":\"FRA\"}"u8.ToArray(), CancellationToken.None);
                if (taken.Problem is null) break;
                Assert.True(tries < 100, taken.Problem.Code);
                await Task.Delay(50);
            }
        }
        finally
        {
            foreach (var batch in open) batch.Dispose();
        }
    }

    [Fact]
    public async Task Another_media_type_is_refused()
    {
        using var body = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await hub.Http(Callers.France).PostAsync(new Uri(Routes.TravelDocumentSearchMany, UriKind.Relative), body);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    private async Task<IReadOnlyList<SearchLineAnswer>> AskAsync(string lines)
    {
        using var response = await hub.Http(Callers.France).PostAsync(
            new Uri(Routes.TravelDocumentSearchMany, UriKind.Relative), Content(Encoding.UTF8.GetBytes(lines)));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Ndjson.MediaType, response.Content.Headers.ContentType!.MediaType);
        var answers = Read(await response.Content.ReadAsStringAsync());
        Assert.NotNull(answers[^1].Summary);
        return answers;
    }

    private static string Comparable(IReadOnlyList<DocumentMatch> matches, IReadOnlyList<Explanation> notes) =>
        string.Join(';', matches.Select(m => $"{m.Document.Id} {m.Confidence} {string.Join(',', m.ReasonCodes())}")) + "|" + string.Join(',', notes.Select(n => n.Code));

    private static List<SearchLineAnswer> Read(string body) =>
        [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize(l, LiaisonJson.Default.SearchLineAnswer)!)];

    private static ByteArrayContent Content(byte[] bytes) => new(bytes) { Headers = { ContentType = new(Ndjson.MediaType) } };
}
