using System.Net.Sockets;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Liaison.Cli;

namespace UnitTests.Cli;

public sealed class CommandTests : IAsyncDisposable
{
    private readonly Shell shell = new();
    private readonly FakeHub hub = new();

    public CommandTests() => shell.Set("LIAISON_HUB", hub.Address).Set("LIAISON_TOKEN", "token-of-the-caller");

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        shell.Dispose();
    }

    [Theory]
    [InlineData("hit", 0, "HIT")]
    [InlineData("notKnown", 1, "NOT KNOWN")]
    [InlineData("possible", 3, "POSSIBLE")]
    public async Task The_exit_code_of_a_search_tells_the_answer(string answer, int code, string headline)
    {
        hub.Answers(Canned.Search(answer));
        Assert.Equal(code, await shell.RunAsync("search", "L898902C3", "--issuer", "UTO"));
        Assert.StartsWith(headline, shell.Out);
        Assert.Contains("The number is exactly the same.", shell.Out);
        Assert.Contains("Ask the owner, UTO.", shell.Out);
        Assert.Contains("The document has expired.", shell.Out);
        Assert.Empty(shell.Err);
    }

    [Fact]
    public async Task A_search_says_everything_it_was_told_in_the_body_and_nothing_in_the_address()
    {
        hub.Answers(Canned.NotKnown);
        await shell.RunAsync("search", "l898 902-c3", "--issuer", "UTO", "--kind", "passport", "--near", "--purpose", "training",
            "--reference", "@Akte 7/ä", "--place", "Gate 4", "--on-behalf-of", "u-1", "--occurred-at", "2025-03-01T14:05+01:00");
        var got = Assert.Single(hub.Got);
        Assert.Equal(("POST", "/v1/travel-documents/search"), (got.Method, got.Path));
        Assert.Equal("Bearer token-of-the-caller", got.Headers["Authorization"]);
        Assert.Equal("""
            {"issuer":"UTO","kind":"passport","near":true,"number":"l898 902-c3","occurredAt":"2025-03-01T14:05+01:00","onBehalfOf":"u-1","place":"Gate 4","purpose":"training","reference":"@Akte 7/ä"}
            """, Sorted(got.Body));
    }

    [Theory]
    [InlineData("search", "-")]
    [InlineData("search", "--mrz", "-")]
    public async Task Number_and_zone_can_come_from_standard_input(params string[] args)
    {
        hub.Answers(Canned.NotKnown);
        shell.In = "line one\r\nline two\r\n";
        Assert.Equal(1, await shell.RunAsync(args));
        var field = args[1] == "-" ? "number" : "mrz";
        Assert.Equal($$"""{"{{field}}":"line one\r\nline two"}""", Sorted(hub.Got[0].Body));
    }

    [Fact]
    public async Task Nothing_on_standard_input_asks_no_hub()
    {
        Assert.Equal(ExitCode.Usage, await shell.RunAsync("search", "--mrz", "-"));
        Assert.Empty(hub.Got);
    }

    [Fact]
    public async Task Json_is_the_hubs_own_to_the_byte()
    {
        hub.Answers(Canned.Search("hit")).Refuses(Canned.Duplicate, 409);
        Assert.Equal(0, await shell.RunAsync("search", "L898902C3", "--json"));
        Assert.Equal(Canned.Search("hit") + Environment.NewLine, shell.Out);
        Assert.Equal(ExitCode.Refused, await shell.RunAsync("--json", "record", "L898902C3"));
        Assert.Equal(Canned.Duplicate + Environment.NewLine, shell.Out);
    }

    [Fact]
    public async Task A_refusal_is_one_line_and_then_field_by_field()
    {
        hub.Refuses(Canned.Duplicate, 409);
        Assert.Equal(ExitCode.Refused, await shell.RunAsync("record", "--number", "L898902C3", "--issuer", "UTO"));
        Assert.Empty(shell.Out);
        Assert.Equal($"""
            liaison: The hub refused (duplicateDocument): This document is already on file. Change the record that is there.
              number: An active record has it. (duplicate)
              The record that is there: liaison history {Canned.Id}
              Trace id for the hub's operator: abc123

            """, shell.Err.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_hub_that_is_not_there_has_its_own_exit_code_and_advice()
    {
        using var probe = new TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        var address = $"http://{probe.LocalEndpoint}";
        probe.Stop();
        shell.Set("LIAISON_HUB", address);
        Assert.Equal(ExitCode.Unreachable, await shell.RunAsync("status"));
        Assert.Equal($"liaison: No hub answers at {address}: start it with ./run", shell.Err.TrimEnd());
    }

    [Theory]
    [InlineData("<html>It works!</html>", 200, "text/html")]
    [InlineData("null", 200, "application/json")]
    [InlineData("Bad gateway", 502, "text/plain")]
    [InlineData("{", 500, "application/problem+json")]
    public async Task What_does_not_speak_like_a_hub_counts_as_not_reached(string body, int status, string type)
    {
        hub.Answers(body, status, type);
        Assert.Equal(ExitCode.Unreachable, await shell.RunAsync("status"));
        Assert.NotEmpty(shell.Err);
        Assert.Empty(shell.Out);
    }

    [Fact]
    public async Task Record_sends_every_field_that_is_given()
    {
        hub.Answers(Canned.Document, 201, etag: "\"1\"");
        Assert.Equal(0, await shell.RunAsync("record", "AA01", "--range-to", "AA99", "--issuer", "UTO", "--kind", "passport", "--status",
            "stolenBlank", "--event-date", "2024", "--event-place", "Zenda", "--reporting-country", "FRA", "--issue-date", "2020-01-01",
            "--expiry-date", "2030", "--reason-code", "replaced", "--legal-basis", "Art. 3", "--national-reference", "R", "--additional-information",
            "I", "--found-date", "2025", "--found-place", "P", "--why", "W", "--review-date", "2033-01-01", "--confirm-large-range", "--idempotency-key",
            "k-1", "--purpose", "dataQuality", "--reference", "case 9"));
        var got = Assert.Single(hub.Got);
        Assert.Equal(("k-1", "dataQuality", "case 9"),
            (got.Headers["Idempotency-Key"], got.Headers["Liaison-Purpose"], got.Headers["Liaison-Reference"]));
        Assert.Equal("""
            {"additionalInformation":"I","confirmLargeRange":true,"eventDate":"2024","eventPlace":"Zenda","expiryDate":"2030","found":{"date":"2025","place":"P"},"issueDate":"2020-01-01","issuer":"UTO","kind":"passport","legalBasis":"Art. 3","nationalReference":"R","number":"AA01","rangeTo":"AA99","reasonCode":"replaced","reportingCountry":"FRA","reviewDate":"2033-01-01","status":"stolenBlank","why":"W"}
            """, Sorted(got.Body));
    }

    [Fact]
    public async Task Change_replaces_only_the_fields_given_and_names_the_version_it_read()
    {
        hub.Answers(Canned.Document, etag: "\"v3\"").Answers(Canned.Document, etag: "\"v4\"");
        Assert.Equal(0, await shell.RunAsync("change", Canned.Id, "--status", "lost", "--event-place", "", "--found-date", "2025-06", "--why", "because"));
        Assert.Equal(["GET", "PUT"], hub.Got.Select(g => g.Method));
        Assert.Equal("\"v3\"", hub.Got[1].Headers["If-Match"]);
        Assert.Equal("""
            {"eventDate":"2024-05","expiryDate":"2030-04-15","found":{"date":"2025-06"},"issuer":"UTO","kind":"passport","nationalReference":"Ref 7","number":"L898902C3","reviewDate":"2034-05-17","status":"lost","why":"because"}
            """, Sorted(hub.Got[1].Body));
    }

    [Theory]
    [InlineData("record", "--issuer", "UTO")]
    [InlineData("record", "AA01", "--number", "AA01", "--issuer", "UTO")]
    public async Task A_number_is_given_once(params string[] args)
    {
        Assert.Equal(ExitCode.Usage, await shell.RunAsync(args));
        Assert.Contains("Give the document number once", shell.Err, StringComparison.Ordinal);
        Assert.Empty(hub.Got);
    }

    [Fact]
    public async Task A_change_of_a_record_that_cannot_be_read_is_not_sent()
    {
        hub.Refuses(Canned.Duplicate, 404);
        Assert.Equal(ExitCode.Refused, await shell.RunAsync("change", Canned.Id, "--status", "lost", "--why", "because"));
        Assert.Single(hub.Got);
    }

    [Fact]
    public async Task Withdraw_names_the_version_it_read_even_when_the_tag_got_lost_on_the_way()
    {
        hub.Answers(Canned.Document).Answers(Canned.Document);
        Assert.Equal(0, await shell.RunAsync("withdraw", Canned.Id, "--reason", "falseReport", "--why", "w"));
        Assert.Equal($"/v1/travel-documents/{Canned.Id}/withdrawal", hub.Got[1].Path);
        Assert.Equal("\"3\"", hub.Got[1].Headers["If-Match"]);
        Assert.Equal("""{"reason":"falseReport","why":"w"}""", Sorted(hub.Got[1].Body));
    }

    [Fact]
    public async Task History_shows_who_changed_what_and_why()
    {
        var changed = Canned.Document.Replace("\"stolen\"", "\"lost\"", StringComparison.Ordinal);
        hub.Answers($$"""
            {"items":[{"version":1,"at":"2024-05-17T08:00:00Z","by":"desk-1","document":{{Canned.Document}}},
            {"version":2,"at":"2024-06-01T08:00:00Z","by":"desk-2","why":"Owner\u001b[2J said so","document":{{changed}}}]}
            """);
        Assert.Equal(0, await shell.RunAsync("history", Canned.Id));
        var second = shell.Out[shell.Out.IndexOf("Version 2", StringComparison.Ordinal)..];
        Assert.Contains("desk-2", second);
        Assert.Contains("lost   was: stolen", second);
        Assert.DoesNotContain("Issuer", second);
        Assert.Contains("Owner\uFFFD[2J said so", second); // an escape sequence from a record never reaches the terminal
    }

    [Fact]
    public async Task List_walks_the_pages_only_when_asked()
    {
        var first = $$"""{"items":[{{Canned.Document}}],"next":"m+1"}""";
        var last = $$"""{"items":[{{Canned.Document}}]}""";
        hub.Answers(first).Answers(first).Answers(last);
        Assert.Equal(0, await shell.RunAsync("list", "--limit", "1"));
        Assert.Contains("liaison list --after m+1", shell.Out);
        Assert.Equal(0, await shell.RunAsync("list", "--all", "--json"));
        Assert.Equal((first + "\n" + last + "\n"), shell.Out.ReplaceLineEndings("\n"));
        Assert.Equal(["/v1/travel-documents?limit=1", "/v1/travel-documents", "/v1/travel-documents?after=m%2B1"], hub.Got.Select(g => g.Path));
    }

    [Fact]
    public async Task A_reference_that_no_header_can_carry_is_told_before_anything_is_sent()
    {
        Assert.Equal(ExitCode.Usage, await shell.RunAsync("list", "--reference", "Akte ä"));
        Assert.Contains("--reference takes ASCII", shell.Err);
        Assert.Empty(hub.Got);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Status_says_who_you_are(bool terminal)
    {
        hub.Answers("""
            {"version":"0.1.0","environment":"Development","startedAt":"2025-01-02T03:04:05Z","caller":{"account":"desk-1","member":"UTO","permissions":["search"]},
            "asOf":{"position":42,"at":"2025-01-02T03:04:05Z"},"records":{"travelDocuments":200003}}
            """);
        shell.Terminal = terminal;
        Assert.Equal(0, await shell.RunAsync("status"));
        Assert.Contains("desk-1 of UTO", shell.Out);
        Assert.Contains("200,003", shell.Out);
    }

    [Fact]
    public async Task A_terminal_gets_tables_with_borders_and_the_text_of_others_as_text()
    {
        hub.Answers($$"""{"items":[{{Canned.Document.Replace("passport", "[red]x[/]", StringComparison.Ordinal)}}]}""");
        shell.Terminal = true;
        Assert.Equal(0, await shell.RunAsync("list"));
        Assert.Contains("╭", shell.Out);
        Assert.Contains("[red]", shell.Out.Replace("\n", "", StringComparison.Ordinal));
    }

    /// <summary>The members in alphabetical order, no character escaped that need not be.</summary>
    private static string Sorted(string json)
    {
        var members = JsonNode.Parse(json)!.AsObject().OrderBy(m => m.Key, StringComparer.Ordinal);
        return "{" + string.Join(',', members.Select(m => $"\"{m.Key}\":{m.Value!.ToJsonString(Relaxed)}")) + "}";
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
