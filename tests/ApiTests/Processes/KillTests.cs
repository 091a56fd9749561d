using System.Collections.Concurrent;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using ApiTests.TravelDocuments;

namespace ApiTests.Processes;

/// <summary>Kill −9 in the middle of writes, for real: recovery is clean and nothing acknowledged is lost.</summary>
public sealed class KillTests(StruckHub struck) : IClassFixture<StruckHub>
{
    private static readonly TimeSpan Writing = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task After_the_hub_is_killed_the_next_start_heals_and_nothing_acknowledged_is_lost()
    {
        var (hub, data) = (await struck.HubAsync(), struck.Data);
        var written = await WriteAsync(hub, data.Path, "KH", () =>
        {
            hub.Kill();
            return Task.CompletedTask;
        });
        var postmaster = await data.PostmasterAsync();
        Assert.NotNull(postmaster);
        var again = await struck.HubAsync();
        Assert.Equal(postmaster, await data.PostmasterAsync());
        await NothingIsLostAsync(again, data.Path, written);
        await again.SignalAsync("INT");
        Assert.Equal(0, await again.EndAsync());
        Assert.Null(await data.PostmasterAsync());
    }

    [Fact]
    public async Task After_PostgreSQL_is_killed_the_hub_brings_it_back_and_nothing_acknowledged_is_lost()
    {
        var (hub, data) = (await struck.HubAsync(), struck.Data);
        var written = await WriteAsync(hub, data.Path, "KP", data.KillPostgresAsync);
        await UntilItAnswersAsync(hub, data.Path);
        await NothingIsLostAsync(hub, data.Path, written);
        Assert.All(written.Refusals, r => Assert.Equal((503, "unavailable"), (r.Status, r.Code)));
        await hub.SignalAsync("TERM");
        Assert.Equal(0, await hub.EndAsync());
        var log = hub.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(log);
        Assert.All(log, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info|warn|fail|crit): ", line));
    }

    /// <summary>Their tokens lie in a file, and some of them administer.</summary>
    [Fact]
    public async Task What_a_development_hub_made_is_not_served_outside_Development()
    {
        var (hub, data) = (await struck.HubAsync(), struck.Data);
        await hub.SignalAsync("TERM");
        Assert.Equal(0, await hub.EndAsync());
        var (exit, errors) = await HubProcess.RunToEndAsync(data.Path, "Production", ("LIAISON_KEY_FILE", Path.Combine(data.Path, "hub.key")));
        Assert.Equal(1, exit);
        Assert.Contains("synthetic accounts", errors.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_hub_on_the_same_folder_is_refused_in_one_line()
    {
        var hub = await struck.HubAsync();
        var (exit, errors) = await HubProcess.RunToEndAsync(struck.Data.Path);
        Assert.Equal(1, exit);
        Assert.Contains(hub.Id.ToString("D", null), Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.NotNull((await hub.As("utopia", struck.Data.Path).StatusAsync(CancellationToken.None)).Value);
    }

    [Theory]
    [InlineData("LIAISON_STALE_AFTER", "soon")]
    [InlineData("LIAISON_STALE_AFTER", "-5")]
    [InlineData("LIAISON_STANDBY_DATABASE", "password=secret;hostess=db")]
    [InlineData("LIAISON_DATABASE", "Host=db.example;Database=liaison;Username=liaison_app;Password=secret")]
    [InlineData("LIAISON_PROXIES", "everybody")]
    [InlineData("LIAISON_ADDRESS", "hub.example")]
    [InlineData("LIAISON_ADDRESS", "http://hub.example")]
    [InlineData("LIAISON_ADDRESS", "https://hub.example/liaison")]
    public async Task A_variable_that_makes_no_sense_is_named_in_one_line_before_anything_is_started(string name, string value)
    {
        using var data = new DataFolder();
        var (exit, errors) = await HubProcess.RunToEndAsync(data.Path, "Production", (name, value));
        Assert.Equal(1, exit);
        Assert.StartsWith("liaison: " + name, Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", errors, StringComparison.Ordinal);
        Assert.Null(await data.PostmasterAsync());
    }

    /// <summary>Records documents from several writers; in the middle of it <paramref name="strike"/> happens.</summary>
    private static async Task<Written> WriteAsync(HubProcess hub, string folder, string numbers, Func<Task> strike)
    {
        var written = new Written();
        using var over = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            var client = hub.As("utopia", folder);
            for (var i = 0; !over.IsCancellationRequested; i++)
            {
                var number = $"{numbers}{w}{i:D6}";
                written.Last[w] = number;
                try
                {
                    var reply = await client.RecordAsync(Documents.Stolen(number), "key-" + number, CancellationToken.None);
                    if (reply.Value is { } document) written.Acknowledged.Enqueue(document);
                    else if (reply.Problem!.Code == "notYetVisible") written.Durable.Enqueue(number);
                    else written.Refusals.Enqueue(reply.Problem);
                }
                catch (HttpRequestException)
                {
                    return;
                }
            }
        })).ToArray();
        // In the middle: while writes are on their way and some are acknowledged, however slow the machine.
        for (var tries = 0; written.Acknowledged.Count <= 20 && tries < 1_200; tries++) await Task.Delay(50);
        await strike();
        await Task.Delay(Writing);
        await over.CancelAsync();
        await Task.WhenAll(writers);
        Assert.True(written.Acknowledged.Count > 20, $"Only {written.Acknowledged.Count} writes were acknowledged.");
        return written;
    }

    private static async Task UntilItAnswersAsync(HubProcess hub, string folder)
    {
        var client = hub.As("utopia", folder);
        for (var tries = 0; tries < 300; tries++)
        {
            try
            {
                if ((await client.StatusAsync(CancellationToken.None)).Value is not null) return;
            }
            catch (HttpRequestException)
            {
                Assert.Fail("The hub did not survive: " + hub.Errors);
            }

            await Task.Delay(100);
        }

        Assert.Fail("The hub did not come back in 30 s: " + hub.Errors);
    }

    private static async Task NothingIsLostAsync(HubProcess hub, string folder, Written written)
    {
        var client = hub.As("utopia", folder);
        foreach (var document in written.Acknowledged)
        {
            var answer = (await client.SearchAsync(new() { Number = document.Number, Issuer = "UTO" }, CancellationToken.None)).Value!;
            Assert.Equal(document.Id, Assert.Single(answer.Matches, m => m.Confidence == "hit").Document.Id);
        }

        // Told to be durable although the node could not read it back: that is kept to as well.
        foreach (var number in written.Durable)
        {
            var answer = (await client.SearchAsync(new() { Number = number, Issuer = "UTO" }, CancellationToken.None)).Value!;
            Assert.Single(answer.Matches, m => m.Confidence == "hit");
        }

        // What was in flight is recorded or not; the same request with the same key says so and repeats no effect.
        foreach (var number in written.Last.Values)
        {
            var reply = await client.RecordAsync(Documents.Stolen(number), "key-" + number, CancellationToken.None);
            Assert.True(reply.Value is not null, reply.Body);
        }
    }

    private sealed class Written
    {
        public ConcurrentQueue<TravelDocument> Acknowledged { get; } = new();

        public ConcurrentQueue<string> Durable { get; } = new();

        public ConcurrentQueue<Problem> Refusals { get; } = new();

        public ConcurrentDictionary<int, string> Last { get; } = new();
    }
}
