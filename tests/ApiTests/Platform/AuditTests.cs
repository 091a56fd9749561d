using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ApiTests.TravelDocuments;

namespace ApiTests.Platform;

public sealed class AuditTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private static readonly AuditEventKind Test = new("test.event", "Made by a test"), TestBatch = new("test.batch", "Made by a test"),
        TestCut = new("test.cut", "Made by a test"), TestFull = new("test.full", "Made by a test");

    [Fact]
    public async Task A_search_is_in_the_audit_with_who_why_what_and_the_records_answered()
    {
        var recorded = await hub.RecordedAsync(Documents.Stolen("AU000001"));
        var answer = await hub.FoundAsync(new SearchRequest
        {
            Number = "au-000001", Issuer = "UTO", Kind = "passport", Purpose = "criminalInvestigation", Reference = "case 7",
            OnBehalfOf = "officer-42", Place = "Gate 5", OccurredAt = "2026-01-02T03:04:05.123456+01:00",
        });
        var entry = await ReadAsync(answer.SearchId);
        Assert.Equal(("travelDocuments.searched", "hit", "FRA", "france"), (entry.Event, entry.Outcome, entry.Member, entry.Account));
        Assert.Equal(("criminalInvestigation", "case 7", "officer-42", "Gate 5"), (entry.Purpose, entry.Reference, entry.OnBehalfOf, entry.Place));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 2, 4, 5, 123, 456, TimeSpan.Zero), entry.OccurredAt);
        Assert.Equal("AU000001", entry.Subject);
        Assert.Equal("""{"number":"AU000001","issuer":"UTO","kinds":["passport"]}""", entry.Asked);
        Assert.Equal([recorded.Id], entry.Records);
        Assert.Equal(16, entry.Salt.Length);
    }

    [Fact]
    public async Task A_hit_writes_its_outbox_row_in_the_same_transaction_and_without_the_number()
    {
        var recorded = await hub.RecordedAsync(Documents.Stolen("AU000002"));
        var written = "";
        // A row that was taken already is another one, of the transaction that took it.
        for (var tries = 0; tries < 100 && written is "" or "taken"; tries++)
        {
            var answer = await hub.FoundAsync("AU000002");
            written = await hub.ScalarAsync<string>("""
                SELECT CASE WHEN o.dispatched_at IS NOT NULL THEN 'taken' WHEN o.xmin = e.xmin THEN 'together' ELSE 'apart' END
                FROM platform.outbox o JOIN audit.entry e ON e.id = o.audit_entry
                WHERE o.audit_entry = $1 AND o.type = 'travelDocuments.hit' AND o.payload ->> 'record' = $2
                """, answer.SearchId, recorded.Id.ToString());
        }

        Assert.Equal("together", written);
        Assert.False(await hub.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM platform.outbox WHERE payload::text LIKE '%AU000002%')"));
        var unknown = await hub.FoundAsync("AU000099");
        Assert.False(await hub.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM platform.outbox WHERE audit_entry = $1)", unknown.SearchId));
    }

    [Theory]
    [InlineData("UPDATE audit.entry SET outcome = 'x'")]
    [InlineData("DELETE FROM audit.entry")]
    [InlineData("TRUNCATE audit.entry")]
    [InlineData("DELETE FROM audit.entry_other")]
    [InlineData("UPDATE audit.entry_other SET outcome = 'x'")]
    [InlineData("TRUNCATE audit.entry_other")]
    public async Task Neither_role_can_change_what_is_in_the_audit(string sql)
    {
        await hub.FoundAsync("AU000003");
        Assert.Equal("42501", (await RefusedAsync(hub.AppConnectionString, sql)).SqlState);
        Assert.Contains("append-only", (await RefusedAsync(hub.OwnerConnectionString, sql)).MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_canonical_bytes_come_out_of_the_database_as_they_went_in()
    {
        var writer = hub.Services.GetRequiredService<AuditWriter>();
        var caller = new Caller("account", "FRA", new HashSet<string>(), null);
        var entry = AuditEntry.Of(caller, Test, "done", TimeProvider.System.GetUtcNow()) with
        {
            Reference = "Größe – ملف 7", OnBehalfOf = "", Asked = """{"b":1,"a":[1, 2]}""", Records = [Guid.CreateVersion7(), Guid.CreateVersion7()],
            OccurredAt = new DateTimeOffset(1999, 12, 31, 23, 59, 59, 999, 999, TimeSpan.Zero),
        };
        await writer.AppendAsync(entry, [], CancellationToken.None);
        var read = await ReadAsync(entry.Id);
        Assert.Equal(AuditEncoding.Encode(entry), AuditEncoding.Encode(read));
        Assert.Equal(AuditEncoding.Leaf(entry), AuditEncoding.Leaf(read));
        Assert.NotEqual(AuditEncoding.Encode(entry), AuditEncoding.Encode(entry with { OnBehalfOf = null }));
    }

    [Fact]
    public async Task One_bad_entry_in_a_batch_fails_alone()
    {
        var writer = hub.Services.GetRequiredService<AuditWriter>();
        var caller = new Caller("account", "FRA", new HashSet<string>(), null);
        var entries = Enumerable.Range(0, 200).Select(i =>
        {
            var entry = AuditEntry.Of(caller, TestBatch, "done", TimeProvider.System.GetUtcNow());
            return i == 77 ? entry with { Reference = "a NUL\0 that PostgreSQL refuses" } : entry;
        }).ToArray();
        var results = await Task.WhenAll(entries.Select(async e => await Record.ExceptionAsync(() => writer.AppendAsync(e, [], CancellationToken.None))));
        Assert.IsType<AuditUnavailableException>(results[77]);
        Assert.Equal(1, results.Count(r => r is not null));
        Assert.Equal(199L, await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'test.batch'"));
    }

    /// <summary>The queue is bounded: whoever finds no room in it is told to come back, and what was taken is written when PostgreSQL goes on.</summary>
    [Fact]
    public async Task When_the_database_hangs_the_queue_fills_and_the_rest_is_refused()
    {
        const int More = 8_000;
        var writer = hub.Services.GetRequiredService<AuditWriter>();
        var caller = new Caller("account", "FRA", new HashSet<string>(), null);
        Task<Exception?>[] results;
        await using (var holding = new NpgsqlConnection(hub.OwnerConnectionString))
        {
            await holding.OpenAsync();
            await using var held = await holding.BeginTransactionAsync();
            await holding.DoAsync("LOCK TABLE audit.entry IN ACCESS EXCLUSIVE MODE", CancellationToken.None);
            results = [.. Enumerable.Range(0, More).Select(async _ => await Record.ExceptionAsync(() =>
                writer.AppendAsync(AuditEntry.Of(caller, TestFull, "done", TimeProvider.System.GetUtcNow()), [], CancellationToken.None)))];
            for (var tries = 0; !results.Any(r => r.IsCompleted); tries++)
            {
                Assert.True(tries < 400, "Nobody was refused.");
                await Task.Delay(50);
            }

            using var http = hub.Http(Callers.France);
            using var answer = await http.PostAsync(new Uri("/v1/travel-documents/search", UriKind.Relative), new StringContent("""{"number":"AU000009","issuer":"UTO"}""", null, "application/json"));
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        var refused = (await Task.WhenAll(results)).Count(failed => failed is AuditUnavailableException);
        Assert.InRange(refused, 1, More - 1);
        Assert.Equal(More - refused, await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'test.full'"));
    }

    [Fact]
    public async Task A_connection_that_is_cut_in_the_middle_of_batches_costs_no_entry_and_writes_none_twice()
    {
        var writer = hub.Services.GetRequiredService<AuditWriter>();
        var caller = new Caller("account", "FRA", new HashSet<string>(), null);
        var hit = new OutboxEvent(Guid.CreateVersion7(), "test.cut", """{"a":1}""");
        var (durable, stop) = (new System.Collections.Concurrent.ConcurrentBag<Guid>(), false);
        async Task AppendAsync(int number)
        {
            while (!Volatile.Read(ref stop))
            {
                var entry = AuditEntry.Of(caller, TestCut, "done", TimeProvider.System.GetUtcNow());
                // Batches with events have a transaction around them, those without have none.
                IReadOnlyList<OutboxEvent> events = number == 0 ? [hit with { Id = Guid.CreateVersion7() }] : [];
                if (await Record.ExceptionAsync(() => writer.AppendAsync(entry, events, CancellationToken.None)) is { } told)
                    Assert.IsType<AuditUnavailableException>(told);
                else durable.Add(entry.Id);
            }
        }

        var callers = Enumerable.Range(0, 8).Select(AppendAsync).ToArray();
        for (var cut = 0; cut < 20; cut++)
        {
            await Task.Delay(20);
            await CutAuditAsync();
        }

        Volatile.Write(ref stop, true);
        await Task.WhenAll(callers);
        Assert.NotEmpty(durable);
        var ids = await hub.ScalarAsync<Guid[]>("SELECT array_agg(id) FROM audit.entry WHERE event = 'test.cut'");
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Empty(durable.Except(ids));
        Assert.True(await hub.ScalarAsync<bool>("SELECT count(*) = count(DISTINCT audit_entry) FROM platform.outbox WHERE type = 'test.cut'"));
    }

    [Fact]
    public async Task Concurrent_searches_share_transactions()
    {
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => hub.FoundAsync($"AU1{i:D5}")));
        var (entries, batches) = (
            await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE subject LIKE 'AU1%'"),
            await hub.ScalarAsync<long>("SELECT count(DISTINCT batch) FROM audit.entry WHERE subject LIKE 'AU1%'"));
        Assert.Equal(400, entries);
        Assert.InRange(batches, 1, 399);
    }

    /// <summary>That they are slowed too: FloodTests, whose hub nobody else needs in that minute.</summary>
    [Fact]
    public async Task Callers_without_valid_credentials_are_not_audited_row_by_row()
    {
        var before = await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'access.denied'");
        var stranger = hub.Http("no-such-token");
        for (var i = 0; i < 50; i++)
        {
            using var response = await stranger.GetAsync(new Uri(Routes.Status, UriKind.Relative));
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, response.StatusCode);
        }

        Assert.Equal("notKnown", (await hub.FoundAsync("AU000004")).Answer);
        Assert.Equal(before, await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'access.denied'"));
    }

    private async Task CutAuditAsync()
    {
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("""
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY audit.entry%' AND datname = current_database()
            """, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<AuditEntry> ReadAsync(Guid id)
    {
        await using var connection = new NpgsqlConnection(hub.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("""
            SELECT id, at, event, outcome, member, account, purpose, reference, on_behalf_of, place, occurred_at, subject, asked, records, salt
            FROM audit.entry WHERE id = $1
            """, connection) { Parameters = { new() { Value = id } } };
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        return new()
        {
            Id = row.GetGuid(0), At = row.GetFieldValue<DateTimeOffset>(1), Event = row.GetString(2), Outcome = row.GetString(3),
            Member = row.GetString(4), Account = row.GetString(5), Purpose = Text(6), Reference = Text(7), OnBehalfOf = Text(8), Place = Text(9),
            OccurredAt = row.IsDBNull(10) ? null : row.GetFieldValue<DateTimeOffset>(10), Subject = Text(11), Asked = row.GetString(12),
            Records = row.GetFieldValue<Guid[]>(13), Salt = row.GetFieldValue<byte[]>(14),
        };
    }

    private static async Task<PostgresException> RefusedAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
    }
}
