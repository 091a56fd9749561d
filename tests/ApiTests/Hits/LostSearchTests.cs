using ApiTests.TravelDocuments;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Data;
using Npgsql;

namespace ApiTests.Hits;

/// <summary>Under load what is kept of searches follows their audit entries. It all comes, and what a node took with it is made anew.</summary>
public sealed class LostSearchTests(MovedHub hub) : IClassFixture<MovedHub>
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

        await hub.KeptAsync(asked);
        var record = await hub.RecordedAsync(Documents.Stolen("LS3000077"));
        await hub.LeadAsync(record.Id, Callers.Germany);
    }

    [Fact]
    public async Task What_a_node_held_when_it_died_is_made_anew_from_the_audit()
    {
        var found = await hub.FoundAsync(new SearchRequest { Number = "LS9000001", Issuer = "UTO" }, Callers.Germany);
        await hub.KeptAsync([found.SearchId]);
        // As after a kill between the audit and what was to follow it.
        await hub.ScalarAsync<long>("WITH gone AS (DELETE FROM platform.kept_inquiry RETURNING 1) SELECT count(*) FROM gone");
        var record = await hub.RecordedAsync(Documents.Stolen("LS9000001"));
        await hub.SweptAsync();
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM hits.lead WHERE search = $1", found.SearchId));
        await hub.ScalarAsync<Guid>("""
            INSERT INTO platform.kept_writer SELECT gen_random_uuid(), at, now() - interval '2 minutes' FROM audit.entry WHERE id = $1 RETURNING writer
            """, found.SearchId);
        await hub.LeadAsync(record.Id, Callers.Germany);
        Assert.True(await hub.NobodyHoldsAsync());
    }

    /// <summary>A file is as old as the beginning of its merge: what was asked long after that did not find what is in it.</summary>
    [Fact]
    public async Task What_is_made_anew_is_held_against_a_file_whose_merge_began_before()
    {
        await using var holding = new NpgsqlConnection(hub.OwnerConnectionString);
        await holding.OpenAsync();
        await using var held = await holding.BeginTransactionAsync();
        await holding.DoAsync("LOCK TABLE travel_documents.document IN SHARE MODE", default);
        using var file = new ByteArrayContent("number,issuer,kind,status\nLS8000001,UTO,passport,stolen\n"u8.ToArray()) { Headers = { ContentType = new("text/csv") } };
        var job = (await hub.As(Callers.Utopia).ImportAsync(file, null, null, null, null, default)).Value!;
        await hub.MergeWaitsAsync();
        // Less than after which a job without a sign of life is taken for dead.
        hub.Moved.Move(TimeSpan.FromSeconds(45));
        var found = await hub.FoundAsync(new SearchRequest { Number = "LS8000001", Issuer = "UTO" }, Callers.Germany);
        Assert.Equal("notKnown", found.Answer);
        await hub.KeptAsync([found.SearchId]);
        await hub.ScalarAsync<long>("WITH gone AS (DELETE FROM platform.kept_inquiry RETURNING 1) SELECT count(*) FROM gone");
        await held.CommitAsync();
        Assert.Equal("done", (await hub.EndedAsync(job.Id)).Value!.State);
        await hub.SweptAsync();
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM hits.lead WHERE search = $1", found.SearchId));
        await hub.ScalarAsync<Guid>("""
            INSERT INTO platform.kept_writer SELECT gen_random_uuid(), at, now() - interval '2 minutes' FROM audit.entry WHERE id = $1 RETURNING writer
            """, found.SearchId);
        await hub.UntilTrueAsync($"SELECT EXISTS (SELECT FROM hits.lead WHERE search = '{found.SearchId}')");
    }
}
