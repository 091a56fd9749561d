using ApiTests.TravelDocuments;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Searches;
using Npgsql;

namespace ApiTests.Hits;

/// <summary>Under load what is kept of searches follows their audit entries. It all comes, and what a node took with it is made anew.</summary>
public sealed class LostSearchTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Of_very_many_searches_at_once_every_one_is_kept_and_nothing_is_held_in_the_end()
    {
        var asked = new List<Guid>();
        for (var wave = 0; wave < 5; wave++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 150).Select(i =>
                hub.FoundAsync(new SearchRequest { Number = $"LS{wave}{i:D6}", Issuer = "UTO" }, Callers.Germany)));
            asked.AddRange(answers.Select(a => a.SearchId));
        }

        await KeptAsync(asked);
        var record = await hub.RecordedAsync(Documents.Stolen("LS3000077"));
        await hub.LeadAsync(record.Id, Callers.Germany);
    }

    [Fact]
    public async Task What_a_node_held_when_it_died_is_made_anew_from_the_audit()
    {
        var found = await hub.FoundAsync(new SearchRequest { Number = "LS9000001", Issuer = "UTO" }, Callers.Germany);
        await KeptAsync([found.SearchId]);
        // As after a kill between the audit and what was to follow it.
        await hub.ScalarAsync<long>("WITH gone AS (DELETE FROM platform.kept_inquiry RETURNING 1) SELECT count(*) FROM gone");
        var record = await hub.RecordedAsync(Documents.Stolen("LS9000001"));
        await hub.SweptAsync();
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM hits.lead WHERE search = $1", found.SearchId));
        await hub.ScalarAsync<Guid>("""
            INSERT INTO platform.kept_writer SELECT gen_random_uuid(), at, now() - interval '2 minutes' FROM audit.entry WHERE id = $1 RETURNING writer
            """, found.SearchId);
        await hub.LeadAsync(record.Id, Callers.Germany);
        Assert.True(await NobodyHoldsAsync());
    }

    private async Task KeptAsync(IReadOnlyCollection<Guid> asked)
    {
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        HashSet<Guid> kept = [];
        for (var tries = 0; tries < 600 && !(kept.IsSupersetOf(asked) && await NobodyHoldsAsync()); tries++)
        {
            await Task.Delay(50);
            kept = [.. await KeptSearches.EntriesAsync(connection, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, default)];
        }

        Assert.Empty(asked.Except(kept));
        Assert.True(await NobodyHoldsAsync());
    }

    private Task<bool> NobodyHoldsAsync() => hub.ScalarAsync<bool>("SELECT NOT EXISTS (SELECT FROM platform.kept_writer)");
}
