using Liaison.Api.TravelDocuments;
using Liaison.Platform.Data;
using Liaison.TravelDocuments.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ApiTests.TravelDocuments;

/// <summary>How a node's index keeps up with the database: over a restart, beside a large change set, and when it cannot.</summary>
public sealed class FollowingTests(TestCluster cluster) : HubFixture(cluster)
{
    private const int Large = 500;

    private readonly MovedClock clock = new();

    protected override TimeProvider Clock => clock;

    protected override NodeOptions Node(string nodeFolder) =>
        new(nodeFolder) { LargeChangeSet = Large, StaleAfter = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task A_restart_maps_what_was_kept_and_reads_only_what_came_after()
    {
        await this.RecordedAsync(Documents.Stolen("FO000001"));
        await RestartAsync();
        Assert.Equal("hit", (await SeenAsync("FO000001")).Answer);
        Assert.Equal(1, Log.Lines.Count(l => l.Contains("into the index", StringComparison.Ordinal)));
        await this.RecordedAsync(Documents.Stolen("FO000002"));
        await RestartAsync();
        Assert.Equal("hit", (await SeenAsync("FO000002")).Answer);
        Assert.Equal(2, Services.GetRequiredService<DocumentIndex>().Records);
        Assert.Equal(1, Log.Lines.Count(l => l.Contains("into the index", StringComparison.Ordinal)));
    }

    /// <summary>The rows of a change set cannot be read before the lock on them is gone: so its load hangs as long as we please.</summary>
    [Fact]
    public async Task Single_records_are_seen_while_a_large_change_set_is_still_being_loaded()
    {
        await this.RecordedAsync(Documents.Stolen("FO000010"));
        var before = (await SeenAsync("FO000010")).AsOf.Position;
        var index = Services.GetRequiredService<DocumentIndex>();
        await LargeSetAsync(Large + 1);
        // Whether the load ends sooner or later: the record after it is seen at once, and the set in the end.
        await this.RecordedAsync(Documents.Stolen("FO000011"));
        Assert.Equal("hit", (await SeenAsync("FO000011")).Answer);
        await index.ReachAsync(before + 1, CancellationToken.None);
        Assert.Equal("hit", (await SeenAsync("LG000007")).Answer);
        for (var i = 0; i < 100 && (await SeenAsync("LG000007")).AsOf.Position < before + 2; i++) await Task.Delay(50);
        Assert.Equal(before + 2, (await SeenAsync("LG000007")).AsOf.Position);
        Assert.Contains(Log.Lines, l => l.Contains("beside the index", StringComparison.Ordinal));
        Assert.Equal(Large + 3, index.Records);
    }

    /// <summary>A node that starts lacks what was committed while it was down: it answers nothing before it has all of that, also what is loaded beside the rest.</summary>
    [Fact]
    public async Task A_node_that_was_down_during_a_large_change_set_is_not_ready_before_it_has_it()
    {
        await this.RecordedAsync(Documents.Stolen("FO000051"));
        await using (await VersionsLockedAsync())
        {
            await RestartAsync(whileDown: () => LargeSetAsync(Large + 1, "LK"), untilReady: false);
            await UntilAsync(() => ScalarAsync<bool>("""
                SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'travel_documents.version'::regclass AND NOT granted
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
                """));
            await UntilAsync(() => Task.FromResult(Services.GetRequiredService<DocumentIndex>().Seen.Position == 2));
            // Time to read on to the end of the log beside the load.
            await Task.Delay(500);
            using var http = Http(null);
            var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            Assert.Contains("being loaded", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            var refused = await As(Callers.Utopia).SearchAsync(new() { Number = "LK000007", Issuer = "UTO" }, CancellationToken.None);
            Assert.Equal("unavailable", refused.Problem?.Code);
        }

        await this.WaitUntilReadyAsync();
        Assert.Equal("hit", (await SeenAsync("LK000007")).Answer);
    }

    /// <summary>All nodes load it at the same time, so none of them turns unready for it; but what they answer meanwhile lacks what was committed.</summary>
    [Fact]
    public async Task Answers_are_marked_while_a_large_change_set_is_long_on_its_way()
    {
        await this.RecordedAsync(Documents.Stolen("FO000061"));
        await using (await VersionsLockedAsync())
        {
            await LargeSetAsync(Large + 1, "LL");
            await UntilAsync(async () => (await SeenAsync("FO000061")).Stale);
            var seen = await SeenAsync("LL000007");
            Assert.Equal("notKnown", seen.Answer);
            Assert.Contains(seen.Notes, n => n.Code == "indexBehind");
            await Task.Delay(300);
            Assert.Equal(seen.AsOf, (await SeenAsync("LL000007")).AsOf);
            using var http = Http(null);
            // On a busy machine it may fall behind for a moment.
            await UntilAsync(async () => (await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode);
        }

        await UntilAsync(async () => await SeenAsync("LL000007") is { Stale: false, Answer: "hit" });
    }

    [Fact]
    public async Task A_node_that_cannot_follow_says_so_and_marks_its_answers_and_comes_back_by_itself()
    {
        await this.RecordedAsync(Documents.Stolen("FO000021"));
        using var http = Http(null);
        await using (var other = new NpgsqlConnection(OwnerConnectionString))
        {
            await other.OpenAsync();
            await using var transaction = await other.BeginTransactionAsync();
            await using var block = new NpgsqlCommand("LOCK TABLE platform.change_log IN ACCESS EXCLUSIVE MODE", other);
            await block.ExecuteNonQueryAsync();
            // A clock put back does not make an old index look fresh.
            clock.Move(TimeSpan.FromHours(-1));
            await UntilAsync(async () => (await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode == System.Net.HttpStatusCode.ServiceUnavailable);
            var stale = await SeenAsync("FO000021");
            Assert.Equal("hit", stale.Answer);
            Assert.True(stale.Stale);
            Assert.Contains(stale.Notes, n => n.Code == "indexBehind");
        }

        await UntilAsync(async () => (await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode);
        // On a busy machine it may fall behind for a moment once more.
        await UntilAsync(async () => !(await SeenAsync("FO000021")).Stale);
    }

    /// <summary>As after a failover to a server that had not got the last commit: the record is gone, and its position is another set's.</summary>
    [Fact]
    public async Task Commits_that_were_lost_are_forgotten()
    {
        await this.RecordedAsync(Documents.Stolen("FO000031"));
        await this.RecordedAsync(Documents.Stolen("FO000032"));
        await using (var owner = new NpgsqlConnection(OwnerConnectionString))
        {
            await owner.OpenAsync();
            await using var lose = new NpgsqlCommand("""
                DELETE FROM travel_documents.document WHERE number_key = 'FO000032';
                UPDATE platform.change_log SET change_set = gen_random_uuid() WHERE position = (SELECT max(position) FROM platform.change_log)
                """, owner);
            Assert.Equal(2, await lose.ExecuteNonQueryAsync());
        }

        var index = Services.GetRequiredService<DocumentIndex>();
        Assert.Equal(2, index.Records);
        await using (var app = new NpgsqlConnection(AppConnectionString))
        {
            await app.OpenAsync();
            await using var end = new NpgsqlCommand("""
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
                """, app);
            await end.ExecuteNonQueryAsync();
        }

        await UntilAsync(() => Task.FromResult(index.Records == 1));
        await this.WaitUntilReadyAsync();
        Assert.Equal("notKnown", (await SeenAsync("FO000032")).Answer);
        Assert.Equal("hit", (await SeenAsync("FO000031")).Answer);
    }

    [Fact]
    public async Task Large_change_sets_close_together_are_loaded_one_by_one_and_nothing_waits_for_them()
    {
        await this.RecordedAsync(Documents.Stolen("FO000041"));
        var before = (await SeenAsync("FO000041")).AsOf.Position;
        await LargeSetAsync(40 * Large, "LH");
        await LargeSetAsync(Large + 1, "LI");
        await LargeSetAsync(Large + 1, "LJ");
        await this.RecordedAsync(Documents.Stolen("FO000042"));
        Assert.Equal("hit", (await SeenAsync("FO000042")).Answer);
        var index = Services.GetRequiredService<DocumentIndex>();
        for (var set = 1; set <= 4; set++) await index.ReachAsync(before + set, CancellationToken.None);
        foreach (var prefix in (string[])["LH", "LI", "LJ"]) Assert.Equal("hit", (await SeenAsync(prefix + "000007")).Answer);
        await UntilAsync(async () => (await SeenAsync("FO000042")).AsOf.Position == before + 4);
        Assert.Equal(42 * Large + 4, index.Records);

        // What was applied ahead of a load is kept with the rest.
        await RestartAsync();
        Assert.Equal(42 * Large + 4, Services.GetRequiredService<DocumentIndex>().Records);
        Assert.Equal("hit", (await SeenAsync("FO000042")).Answer);
        Assert.Equal("hit", (await SeenAsync("LJ000007")).Answer);
    }

    /// <summary>By the owner: another's question would open a case, which takes a position of its own.</summary>
    private Task<SearchAnswer> SeenAsync(string number) => this.FoundAsync(new SearchRequest { Number = number, Issuer = "UTO" }, Callers.Utopia);

    /// <summary>The load of a large change set reads the table, so it hangs until this is disposed of.</summary>
    private async Task<NpgsqlConnection> VersionsLockedAsync()
    {
        var connection = new NpgsqlConnection(OwnerConnectionString);
        await connection.OpenAsync();
        await connection.DoAsync("BEGIN; LOCK TABLE travel_documents.version IN ACCESS EXCLUSIVE MODE", CancellationToken.None);
        return connection;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 400; i++)
        {
            if (await condition()) return;
            await Task.Delay(50);
        }

        Assert.Fail("It did not come to that within 20 seconds.");
    }

    private async Task LargeSetAsync(int records, string prefix = "LG")
    {
        await using var connection = new NpgsqlConnection(AppConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand("""
            WITH added AS (
                INSERT INTO travel_documents.document (id, version, owner, number, number_key, issuer, kind, status, found, review_date,
                    recorded_at, changed_at, account, change_set)
                SELECT gen_random_uuid(), 1, 'UTO', n, n, 'UTO', 'passport', 'stolen', false, '2999-01-01', now(), now(), 'large', $1
                FROM (SELECT $3 || lpad(i::text, 6, '0') AS n FROM generate_series(1, $2) i) numbers)
            INSERT INTO platform.change_log (position, change_set, module, at, records)
            SELECT max(position) + 1, $1, 'travelDocuments', now(), $2 FROM platform.change_log
            """, connection)
        {
            Parameters = { new() { Value = Guid.NewGuid() }, new() { Value = records }, new() { Value = prefix } },
        };
        await insert.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }
}
