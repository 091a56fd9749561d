using System.Text;
using System.Text.Json;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Members.Demo;
using Liaison.Platform.Data;

namespace ApiTests.TravelDocuments;

public sealed class ImportDocumentsTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string Csv = "text/csv", Ndjson = "application/x-ndjson";

    [Fact]
    public async Task Good_rows_of_a_CSV_file_are_recorded_with_every_field()
    {
        var answer = await ImportedAsync("""
            status,number,rangeTo,issuer,kind,eventDate,eventPlace,reportingCountry,foundDate,foundPlace,reviewDate,confirmLargeRange,legalBasis
            stolen,IM-000001,,UTO,passport,2025-03,"Zenda, ""Old"" Port",AUT,2025-04-01,Wien,2031-01-01,,Art. 7
            stolenBlank,IM100000,IM250000,uto,visa,,,,,,,true,
            """);
        Assert.Equal((2L, 2L, 0L), (answer.Rows, answer.Recorded, answer.Rejected));
        Assert.Empty(answer.Rejects);

        var found = Assert.Single((await hub.FoundAsync("IM000001")).Matches).Document;
        Assert.Equal(("IM-000001", "UTO", "passport", "stolen", "UTO"),
            (found.Number, found.Issuer, found.Kind, found.Status, found.Owner));
        Assert.Equal(("2025-03", "Zenda, \"Old\" Port", "AUT", "Art. 7"),
            (found.EventDate, found.EventPlace, found.ReportingCountry, found.LegalBasis));
        Assert.Equal((new Found("2025-04-01", "Wien"), new DateOnly(2031, 1, 1)), (found.Found, found.ReviewDate));
        Assert.Equal(["insideBlankRange"], Assert.Single((await hub.FoundAsync("IM200000")).Matches).ReasonCodes());
        Assert.True(await hub.ScalarAsync<bool>("""
            SELECT EXISTS (SELECT FROM audit.entry WHERE event = 'travelDocuments.imported' AND outcome = 'done' AND account = 'utopia'
                AND asked::jsonb ->> 'recorded' = '2' AND asked::jsonb ->> 'import' = $1 AND asked NOT LIKE '%IM-0%')
            """, answer.Id.ToString()));
    }

    /// <summary>The file was on its way when whoever sent it lost the right to.</summary>
    [Theory]
    [InlineData("UPDATE members.account SET state = 'suspended' WHERE name = 'gone-sender-0' RETURNING name", 0, "NOR", "accountNotActive")]
    [InlineData("UPDATE members.account SET permissions = '{travelDocuments.read}' WHERE name = 'gone-sender-1' RETURNING name", 1, "SWE", "permissionMissing")]
    [InlineData("UPDATE members.agreement SET purposes = '{training}' WHERE member = 'FIN' RETURNING member", 2, "FIN", "purposeNotAgreed")]
    public async Task A_file_of_somebody_who_may_not_send_it_any_more_has_no_effect(string taken, int who, string member, string code)
    {
        var token = $"token-of-gone-sender-{who}";
        await using var holding = new Npgsql.NpgsqlConnection(hub.OwnerConnectionString);
        await holding.OpenAsync();
        await Seed.InsertAsync(holding, [new(member, "country", member)], [new($"gone-sender-{who}", member, ["travelDocuments.write"], "borderControl", token)],
            TimeProvider.System.GetUtcNow(), default);
        Guid id;
        await using (var transaction = await holding.BeginTransactionAsync())
        {
            await holding.DoAsync("LOCK TABLE travel_documents.document IN SHARE MODE", default);
            using var file = new ByteArrayContent(Encoding.ASCII.GetBytes($"number,issuer,kind,status\nIG00000{who},{member},passport,stolen\n")) { Headers = { ContentType = new(Csv) } };
            id = (await hub.As(token).ImportAsync(file, null, null, null, null, default)).Value!.Id;
            await hub.MergeWaitsAsync();
            await hub.ScalarAsync<string>(taken);
        }

        // The audit has it after the job.
        for (var tries = 0; tries < 600 && await AuditedAsync() == 0; tries++) await Task.Delay(50);
        Assert.Equal(1L, await AuditedAsync());
        Assert.Equal(code, await hub.ScalarAsync<string>("SELECT problem_code FROM platform.import_job WHERE id = $1", id));
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM travel_documents.document WHERE issuer = $1", member));

        Task<long> AuditedAsync() => hub.ScalarAsync<long>(
            "SELECT count(*) FROM audit.entry WHERE event = 'travelDocuments.imported' AND outcome = $1 AND account = $2", code, $"gone-sender-{who}");
    }

    /// <summary>RFC 9562: UUIDs of version 7 with the time of the record, which ascend with the numbers whatever the order of the file, so that their index grows at one place.</summary>
    [Fact]
    public async Task Ids_of_a_file_are_of_version_7_and_ascend_with_its_numbers()
    {
        var numbers = Enumerable.Range(0, 3000).Select(i => $"IV{i * 7919 % 3000:D6}");
        Assert.Equal(3000, (await ImportedAsync("number,issuer,kind,status\n" + string.Concat(numbers.Select(n => $"{n},UTO,passport,lost\n")))).Recorded);
        Assert.Equal("3000 t t t t", await hub.ScalarAsync<string>("""
            SELECT concat_ws(' ', count(DISTINCT id), bool_and(id::text ~ '^.{14}7.{4}[89ab]'), bool_and(id > before OR before IS NULL),
                bool_and(left(replace(id::text, '-', ''), 12) = lpad(to_hex(floor(extract(epoch FROM recorded_at) * 1000)::bigint), 12, '0')),
                count(DISTINCT right(id::text, 10)) > 2900)
            FROM (SELECT *, lag(id) OVER (ORDER BY number_key) AS before FROM travel_documents.document WHERE number_key LIKE 'IV%') own
            """));
    }

    [Fact]
    public async Task Good_rows_of_an_NDJSON_file_are_recorded()
    {
        var answer = await ImportedAsync(
            "\uFEFF" + """{"number":"IM000011","issuer":"UTO","kind":"passport","status":"lost","found":{"date":"2026-01","place":"Wien"}}""" + "\r\n\r\n"
            + "{\"number\":\"IM000012\",\"issuer\":\"UTO\",\"kind\":\"visa\",\"status\":\"stolen\"}", Ndjson);
        Assert.True(answer is { Rows: 2, Recorded: 2, Rejected: 0 }, Show(answer));
        Assert.Equal("Wien", Assert.Single((await hub.FoundAsync("IM000011")).Matches).Document.Found!.Place);
        Assert.Equal("hit", (await hub.FoundAsync("IM000012", kind: "visa")).Answer);
    }

    [Fact]
    public async Task Bad_rows_of_a_CSV_file_are_listed_by_line_column_and_code_and_the_good_ones_recorded()
    {
        await hub.RecordedAsync(Documents.Stolen("IM000029"));
        var answer = await ImportedAsync("""
            number,issuer,kind,status,eventDate,reasonCode
            IM000021,UTO,passport,stolen,,
            ,UTO,passport,stolen,,
            IM000022,QQQ,passport,stolen,,
            IM000023,UTO,library card,gone,,
            IM000024,UTO,passport,stolen,2099-01-01,

            IM000025,FRA,passport,stolen,,
            IM0000-21,UTO,passport,stolen,,
            "IM00
            0026",UTO,passport,stolen,,
            IM"27,UTO,passport,stolen,,
            IM000028,UTO
            IM000029,UTO,passport,lost,,
            IM000030,UTO,passport,revoked,,
            IM000031,UTO,passport,stolen,,
            """);
        Assert.Equal(
        [
            (3L, "number", "numberRequired"), (4, "issuer", "issuerUnknown"), (5, "status", "statusUnknown"), (5, "kind", "kindUnknown"),
            (6, "eventDate", "inFuture"), (8, "issuer", "notIssuingAuthority"), (9, "number", "repeatedInFile"),
            (10, "number", "numberCharacters"), (12, "column 1", "quoteInPlainCell"), (13, "", "cellCount"),
            (14, "number", "duplicateDocument"), (15, "reasonCode", "reasonRequired"), (15, "legalBasis", "legalBasisRequired"),
        ], answer.Rejects.Select(r => (r.Line, r.Column, r.Code)));
        Assert.Equal((13L, 2L, 11L), (answer.Rows, answer.Recorded, answer.Rejected));
        Assert.All(answer.Rejects, r => Assert.NotEmpty(r.Message));
        foreach (var good in new[] { "IM000021", "IM000031" }) Assert.Equal("hit", (await hub.FoundAsync(good)).Answer);
        foreach (var bad in new[] { "IM000022", "IM000024", "IM000028", "IM000030" })
            Assert.Equal("notKnown", (await hub.FoundAsync(bad, null)).Answer);
    }

    [Fact]
    public async Task Bad_lines_of_an_NDJSON_file_are_listed_by_line_field_and_code()
    {
        var answer = await ImportedAsync("""
            {"number":"IM000041","issuer":"UTO","kind":"passport","status":"stolen"}
            {"number":"IM000042","issuer":"UTO","kind":"passport","status":"stolen"
            {"number":"IM000043","issuer":"UTO","kind":"passport","status":"stolen","surname":"x","colour":"red"}
            {"number":44,"issuer":"UTO","kind":"passport","status":"stolen"}
            [1,2,3]
            null
            {"number":"IM000045","issuer":"GBD","kind":"passport","status":"stolen"}
            {"number":"IM000041","issuer":"UTO","kind":"passport","status":"lost"}
            {}
            """, Ndjson);
        Assert.Equal(
        [
            (2L, "", "malformedBody"), (3, "surname", "nominalField"), (3, "colour", "unknownField"), (4, "number", "wrongType"),
            (7, "issuer", "notIssuingAuthority"), (8, "number", "repeatedInFile"),
        ], answer.Rejects.Where(r => r.Line is not (5 or 6 or 9)).Select(r => (r.Line, r.Column, r.Code)));
        Assert.Equal(["malformedBody"], answer.Rejects.Where(r => r.Line == 5).Select(r => r.Code).Distinct());
        Assert.Equal(["malformedBody"], answer.Rejects.Where(r => r.Line == 6).Select(r => r.Code).Distinct());
        Assert.Contains(answer.Rejects, r => r is { Line: 9, Column: "number", Code: "numberRequired" });
        Assert.Equal((9L, 1L, 8L), (answer.Rows, answer.Recorded, answer.Rejected));
    }

    [Fact]
    public async Task A_document_on_file_is_rejected_with_the_record_that_is_there()
    {
        var onFile = await hub.RecordedAsync(Documents.Stolen("IM000051"));
        var reject = Assert.Single((await ImportedAsync("number,issuer,kind,status\nim-000051,UTO,passport,lost\n")).Rejects);
        Assert.Equal((2L, "number", "duplicateDocument"), (reject.Line, reject.Column, reject.Code));
        Assert.Contains(onFile.Id.ToString(), reject.Message, StringComparison.Ordinal);
        Assert.Equal("stolen", Assert.Single((await hub.FoundAsync("IM000051")).Matches).Document.Status);
    }

    [Theory]
    [InlineData("number,issuer,kind,status,surname\nIM000061,UTO,passport,stolen,x\n", "nominalField", "column 5")]
    [InlineData("number,issuer,kind,status,Date of birth\nIM000061,UTO,passport,stolen,x\n", "nominalField", "column 5")]
    [InlineData("number,issuer,kind,status,colour\nIM000061,UTO,passport,stolen,x\n", "unknownColumn", "column 5")]
    [InlineData("number,issuer,kind\nIM000061,UTO,passport\n", "missingColumn", "")]
    [InlineData("number,issuer,kind,status,issuer\nIM000061,UTO,passport,stolen,UTO\n", "duplicateColumn", "column 5")]
    [InlineData("IM000061,UTO,passport,stolen\n", "unknownColumn", "column 1")]
    [InlineData("number,issuer,kind,status\nIM000061,UTO,passport,stolen\n\"open,UTO,passport,stolen\n", "quoteNotClosed", "column 1")]
    public async Task A_file_that_cannot_be_understood_is_refused_whole(string file, string code, string field)
    {
        var problem = await FailedAsync(file);
        Assert.Equal(code, problem.Code);
        Assert.Contains(field, problem.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("IM000061", problem.Text, StringComparison.Ordinal);
        Assert.Equal("notKnown", (await hub.FoundAsync("IM000061")).Answer);
    }

    [Theory]
    [InlineData("", Csv)]
    [InlineData("number,issuer,kind,status\n", Csv)]
    [InlineData("", Ndjson)]
    [InlineData("\n \r\n", Ndjson)]
    public async Task A_file_without_rows_is_refused(string file, string type) =>
        Assert.Contains((await FailedAsync(file, type)).Code, (string[])["importUnreadable", "noHeader"]);

    [Theory]
    [InlineData("\uFEFFnumber,issuer,kind,status\r\nIM00007A,UTO,passport,stolen\r\n", "IM00007A")]
    [InlineData("Number;Issuer;Kind;Status;;\nIM00007B;UTO;passport;stolen;;\n", "IM00007B")]
    [InlineData("number\tissuer\tkind\tstatus\rIM00007C\tUTO\tpassport\tstolen", "IM00007C")]
    public async Task A_spreadsheet_writes_its_own_CSV(string file, string number)
    {
        Assert.Equal(1, (await ImportedAsync(file)).Recorded);
        Assert.Equal("hit", (await hub.FoundAsync(number)).Answer);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_refused_and_nothing_is_recorded()
    {
        byte[] file = [.. "number,issuer,kind,status,eventPlace\nIM000081,UTO,passport,stolen,K"u8, 0xF6, .. "ln\n"u8];
        Assert.Equal("invalidEncoding", (await FailedAsync(file)).Code);
        Assert.Equal("notKnown", (await hub.FoundAsync("IM000081")).Answer);
    }

    [Fact]
    public async Task A_file_sent_twice_changes_nothing_the_second_time()
    {
        const string File = "number,issuer,kind,status\nIM000091,UTO,passport,stolen\nIM000092,UTO,passport,stolen\n";
        Assert.Equal(2, (await ImportedAsync(File)).Recorded);
        var versions = await VersionsAsync();
        var again = await ImportedAsync(File);
        Assert.Equal((0L, 0L, 2L), (again.Recorded, again.Rejected, again.Unchanged));
        Assert.Equal(versions, await VersionsAsync());

        Task<long> VersionsAsync() => hub.ScalarAsync<long>("SELECT coalesce(sum(version), 0)::bigint FROM travel_documents.document");
    }

    [Fact]
    public async Task The_same_key_and_file_give_the_same_answer_and_another_file_is_refused()
    {
        var file = "number,issuer,kind,status\nIM000101,UTO,passport,stolen\n,UTO,passport,stolen\n"u8.ToArray();
        var first = await ImportAsync(file, Csv, "import-101");
        var again = await ImportAsync(file, Csv, "import-101");
        Assert.Equal((1L, 1L), (first.Value!.Recorded, first.Value.Rejected));
        Assert.Equal(first.Body, again.Body);
        Assert.Equal("idempotencyKeyReused", (await ImportAsync([.. file, (byte)'\n'], Csv, "import-101")).Problem!.Code);
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM travel_documents.document WHERE number = 'IM000101'"));
    }

    [Fact]
    public async Task The_same_file_under_another_key_runs_again()
    {
        var file = "number,issuer,kind,status\nIM000111,UTO,passport,stolen\n"u8.ToArray();
        var first = (await ImportAsync(file, Csv, "import-111")).Value!;
        var again = (await ImportAsync(file, Csv, "import-112")).Value!;
        Assert.NotEqual(first.Id, again.Id);
        Assert.Equal((1L, 0L, 0L, 1L), (first.Recorded, first.Unchanged, again.Recorded, again.Unchanged));
    }

    [Fact]
    public async Task Only_the_two_media_types_are_taken()
    {
        var problem = await RefusedAsync("{}", "application/json");
        Assert.Equal((415, "unsupportedMediaType"), (problem.Status, problem.Code));
    }

    private Task<HubReply<ImportJob>> ImportAsync(byte[] file, string type, string? key = null) => hub.ImportAsync(file, type, key);

    private async Task<ImportJob> ImportedAsync(string file, string type = Csv)
    {
        var reply = await ImportAsync(Encoding.UTF8.GetBytes(file), type);
        Assert.True(reply.Value?.State == "done", reply.Body);
        return reply.Value;
    }

    /// <summary>The problem of a file that could not be read at all.</summary>
    private async Task<Explanation> FailedAsync(string file, string type = Csv) => await FailedAsync(Encoding.UTF8.GetBytes(file), type);

    private async Task<Explanation> FailedAsync(byte[] file, string type = Csv)
    {
        var reply = await ImportAsync(file, type);
        Assert.True(reply.Value?.State == "failed", reply.Body);
        return reply.Value.Problem!;
    }

    private async Task<Problem> RefusedAsync(string file, string type = Csv)
    {
        var reply = await ImportAsync(Encoding.UTF8.GetBytes(file), type);
        Assert.True(reply.Problem is not null, reply.Body);
        return reply.Problem;
    }

    private static string Show(ImportJob job) => JsonSerializer.Serialize(job, LiaisonJson.Default.ImportJob);
}
