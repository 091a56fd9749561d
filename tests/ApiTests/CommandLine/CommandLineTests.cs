using System.Text.Json;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.TravelDocuments;

namespace ApiTests.CommandLine;

/// <summary>The command line end to end: parsing, HTTP, the hub, the database, and back to exit code and text.</summary>
public sealed class CommandLineTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Theory]
    [InlineData("CL000001", 0, "hit")]
    [InlineData("CLOOOOO1", 3, "possible")]
    [InlineData("CL999999", 1, "notKnown")]
    public async Task Search_says_by_its_exit_code_what_it_found(string number, int exit, string answer)
    {
        await EnsureAsync("CL000001");
        using var shell = Shell(Callers.France);
        Assert.Equal(exit, await shell.RunAsync("search", number, "--issuer", "UTO"));
        Assert.Empty(shell.Err);
        Assert.NotEmpty(shell.Out);

        Assert.Equal(exit, await shell.RunAsync("search", number, "--issuer", "UTO", "--kind", "passport", "--purpose", "training",
            "--json"));
        Assert.Equal(answer, JsonSerializer.Deserialize(shell.Out, LiaisonJson.Answers.SearchAnswer)!.Answer);
    }

    [Fact]
    public async Task Json_is_the_answer_of_the_API_itself()
    {
        await EnsureAsync("CL000001");
        using var shell = Shell(Callers.France);
        await shell.RunAsync("search", "CL000001", "--issuer", "UTO", "--json");
        var reply = await hub.As(Callers.France).SearchAsync(new SearchRequest { Number = "CL000001", Issuer = "UTO" },
            CancellationToken.None);
        // Search id, hit id and moment are each answer's own; the rest is the same to the character.
        Assert.Equal(Masked(reply.Body), Masked(shell.Out.TrimEnd('\n')));

        static string Masked(string json)
        {
            using var answer = JsonDocument.Parse(json);
            return new[] { answer.RootElement.GetProperty("searchId"), answer.RootElement.GetProperty("asOf"), answer.RootElement.GetProperty("matches")[0].GetProperty("hitId") }
                .Aggregate(json, (text, own) => text.Replace(own.GetRawText(), "own", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\r\n")]
    [InlineData("p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<< l898902c36uto7408122f1204159ze184226b<<<<<10")]
    public async Task A_zone_is_read_from_standard_input(string zone)
    {
        await EnsureAsync("L898902C3");
        using var shell = Shell(Callers.France);
        shell.In = zone;
        Assert.Equal(0, await shell.RunAsync("search", "--mrz", "-"));
        Assert.DoesNotContain("ERIKSSON", shell.Out, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await shell.RunAsync("search", "--mrz", "-", "--json"));
        Assert.Equal("TD3", JsonSerializer.Deserialize(shell.Out, LiaisonJson.Answers.SearchAnswer)!.Mrz!.Format);
    }

    [Fact]
    public async Task A_document_is_recorded_shown_withdrawn_and_its_history_kept()
    {
        using var shell = Shell(Callers.Utopia);
        Assert.Equal(0, await shell.RunAsync("record", "CL-000 010", "--issuer", "UTO", "--kind", "passport", "--status", "stolen",
            "--event-date", "2025-05", "--reference", "case 10", "--json"));
        var recorded = JsonSerializer.Deserialize(shell.Out, LiaisonJson.Answers.TravelDocument)!;
        Assert.Equal(("CL-000 010", "UTO", "2025-05"), (recorded.Number, recorded.Owner, recorded.EventDate));
        Assert.Equal(0, await shell.RunAsync("search", "CL000010", "--issuer", "UTO"));

        Assert.Equal(4, await shell.RunAsync("record", "CL000010", "--issuer", "UTO", "--kind", "passport", "--status", "lost"));
        Assert.Contains(recorded.Id.ToString(), shell.Err, StringComparison.Ordinal);

        Assert.Equal(0, await shell.RunAsync("withdraw", recorded.Id.ToString(), "--reason", "falseReport", "--why", "Found in a drawer"));
        Assert.Equal(1, await shell.RunAsync("search", "CL000010", "--issuer", "UTO"));
        Assert.Equal(4, await shell.RunAsync("withdraw", recorded.Id.ToString(), "--reason", "falseReport"));

        Assert.Equal(0, await shell.RunAsync("history", recorded.Id.ToString()));
        Assert.Contains("Version 2", shell.Out, StringComparison.Ordinal);
        Assert.Contains("Found in a drawer", shell.Out, StringComparison.Ordinal);
        Assert.Equal(0, await shell.RunAsync("history", recorded.Id.ToString(), "--json"));
        Assert.Equal([1, 2], JsonSerializer.Deserialize(shell.Out, LiaisonJson.Answers.TravelDocumentVersions)!.Items
            .Select(v => v.Version));

        Assert.True(await hub.ScalarAsync<bool>("""
            SELECT EXISTS (SELECT FROM audit.entry WHERE event = 'travelDocuments.recorded'
                AND reference = 'case 10' AND $1 = ANY (records))
            """, recorded.Id));
    }

    [Fact]
    public async Task What_the_hub_refuses_names_the_field_and_ends_with_four()
    {
        using var shell = Shell(Callers.France);
        Assert.Equal(4, await shell.RunAsync("record", "CL000011", "--issuer", "UTO", "--kind", "passport", "--status", "stolen"));
        Assert.Contains("issuing authority", shell.Err, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(4, await shell.RunAsync("search", "CL000011", "--issuer", "QQQ"));
        Assert.Contains("issuer", shell.Err, StringComparison.Ordinal);
        Assert.Equal(4, await shell.RunAsync("search", "CL000011", "--issuer", "QQQ", "--json"));
        Assert.Equal("invalidRequest", JsonSerializer.Deserialize(shell.Out, LiaisonJson.Answers.Problem)!.Code);
        using var stranger = Shell("no-such-token");
        Assert.Equal(4, await stranger.RunAsync("status"));
    }

    [Fact]
    public async Task An_import_that_would_end_much_waits_and_goes_on_when_somebody_else_approves_it()
    {
        using var shell = Shell(Callers.UtopiaChief);
        var rows = string.Concat(Enumerable.Range(0, 120).Select(i => $"CW{i:D6},UTO,passport,stolen\n"));
        Assert.Equal(0, await shell.RunAsync("import", shell.Write("all.csv", "number,issuer,kind,status\n" + rows), "--feed", "cli", "--mode", "full"));
        var few = shell.Write("few.csv", "number,issuer,kind,status\nCW000000,UTO,passport,stolen\n");
        Assert.Equal(7, await shell.RunAsync("import", few, "--feed", "cli", "--mode", "full"));
        Assert.Contains("119 of 120 records", shell.Out, StringComparison.Ordinal);
        var words = shell.Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var (id, job) = (words[^1], words[Array.IndexOf(words, "Import") + 1]);
        Assert.Equal(4, await shell.RunAsync("approval", "approve", id));
        using var second = Shell(Callers.UtopiaBureau);
        Assert.Equal(0, await second.RunAsync("approval", "list"));
        Assert.Contains("travelDocuments.massWithdrawal", second.Out, StringComparison.Ordinal);
        Assert.Equal(0, await second.RunAsync("approval", "approve", id));
        for (var tries = 0; tries < 200 && !shell.Out.Contains("done", StringComparison.Ordinal); tries++)
        {
            await Task.Delay(50);
            Assert.Equal(0, await shell.RunAsync("imports", job));
        }

        Assert.Contains("119", shell.Out, StringComparison.Ordinal);
        Assert.Equal(0, await shell.RunAsync("search", "CW000000", "--issuer", "UTO"));
        Assert.Equal(1, await shell.RunAsync("search", "CW000001", "--issuer", "UTO"));
    }

    [Fact]
    public async Task An_import_records_the_good_rows_and_writes_the_others_to_a_file()
    {
        using var shell = Shell(Callers.Utopia);
        var file = shell.Write("stolen.csv",
            "number,issuer,kind,status\nCL000020,UTO,passport,stolen\n,UTO,passport,stolen\nCL000021,FRA,passport,lost\n");
        Assert.Equal(6, await shell.RunAsync("import", file));
        Assert.Contains("1 of 3", shell.Out, StringComparison.Ordinal);
        var rejects = shell.Read("stolen.csv.rejects.csv").Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("line,column,code,message", rejects[0]);
        Assert.StartsWith("3,number,numberRequired,", rejects[1], StringComparison.Ordinal);
        Assert.StartsWith("4,issuer,notIssuingAuthority,", rejects[2], StringComparison.Ordinal);
        Assert.Equal(3, rejects.Length);
        Assert.Equal(0, await shell.RunAsync("search", "CL000020", "--issuer", "UTO"));

        var lines = shell.Write("more.ndjson", """{"number":"CL000022","issuer":"UTO","kind":"passport","status":"lost"}""");
        Assert.Equal(0, await shell.RunAsync("import", lines, "--json"));
        Assert.Equal(1, JsonSerializer.Deserialize(shell.Out, LiaisonJson.Answers.ImportJob)!.Recorded);
        Assert.Equal(4, await shell.RunAsync("import", shell.Write("bad.csv", "name,issuer\nx,UTO\n")));
    }

    [Fact]
    public async Task Status_says_who_asks_and_how_much_is_known()
    {
        await EnsureAsync("CL000001");
        using var shell = Shell(Callers.France);
        Assert.Equal(0, await shell.RunAsync("status"));
        Assert.Contains("FRA", shell.Out, StringComparison.Ordinal);
        Assert.Equal(0, await shell.RunAsync("status", "--json"));
        var status = JsonSerializer.Deserialize(shell.Out, LiaisonJson.Answers.HubStatus)!;
        Assert.Equal(("france", "FRA", "Development"), (status.Caller.Account, status.Caller.Member, status.Environment));
        Assert.Equal(0, status.Records["travelDocuments"] % 1_000);
        Assert.True((await hub.As(Callers.Administrator).StatusAsync(default)).Value!.Records["travelDocuments"] > 0);
    }

    private HubShell Shell(string token) => new(hub.Address, token);

    /// <summary>On file, whichever test comes first.</summary>
    private async Task EnsureAsync(string number)
    {
        var reply = await hub.As(Callers.Utopia).RecordAsync(Documents.Stolen(number), null, CancellationToken.None);
        Assert.True(reply.Value is not null || reply.Problem!.Code == "duplicateDocument", reply.Body);
    }
}
