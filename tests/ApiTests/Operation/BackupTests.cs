using Liaison.Api.TravelDocuments;
using Liaison.Hub;
using Liaison.Platform.Data;
using Liaison.Platform.Data.Backups;
using Liaison.Platform.Data.PrivatePostgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using ApiTests.Hits;
using ApiTests.PrivatePostgres;
using ApiTests.TravelDocuments;

namespace ApiTests.Operation;

public sealed class BackupTests(TestCluster cluster) : HubFixture(cluster)
{
    private readonly TestCluster tests = cluster;

    private string File => Path.Combine(Own, "a.backup");

    [Fact]
    public async Task A_hub_restored_on_an_empty_machine_answers_as_the_old_one_did_and_goes_on()
    {
        var (stolen, withdrawn) = await FillAsync();
        string[] asked = ["BK000001", "BK000002", "BK000003", "BK000550", "BK00000I", "BK999999"];
        var before = new List<SearchAnswer>();
        foreach (var number in asked) before.Add(await this.FoundAsync(number));
        // Hits go on by themselves for a moment, and what comes of them is looked through once more.
        await this.SweptAsync();
        await this.SweptAsync();
        await BackUpAsync();
        var old = await DatabaseDigest.OfAsync(OwnerConnectionString);

        using var machine = new ClusterFolder();
        await using var fresh = await machine.StartAsync();
        await RestoreAsync(fresh.OwnerConnectionString);
        Assert.Equal(old, await DatabaseDigest.OfAsync(fresh.OwnerConnectionString));
        Assert.NotEqual(await HistoryAsync(OwnerConnectionString), await HistoryAsync(fresh.OwnerConnectionString));

        // With the index folder of the old hub, which must not be followed: its history is another one.
        var node = Path.Combine(Own, "node");
        await using (var first = await StartAsync(AppConnectionString, node))
            await first.StopAsync();
        var log = new CapturedLog();
        await using var hub = await StartAsync(fresh.AppConnectionString, node, log);
        Assert.Contains(log.Lines, l => l.Contains("into the index", StringComparison.Ordinal));
        using var http = new HttpClient { BaseAddress = new Uri(hub.Urls.First()) };
        var france = new Liaison.Api.LiaisonClient(http, Callers.France);
        foreach (var (number, answer) in asked.Zip(before))
        {
            var again = (await france.SearchAsync(new() { Number = number, Issuer = "UTO" }, CancellationToken.None)).Value!;
            Assert.Equal((answer.Answer, answer.Matches.Count), (again.Answer, again.Matches.Count));
            Assert.Equal(answer.Matches.Select(m => (m.Document.Id, m.Document.Version)), again.Matches.Select(m => (m.Document.Id, m.Document.Version)));
        }

        using var other = new HttpClient { BaseAddress = new Uri(hub.Urls.First()) };
        var utopia = new Liaison.Api.LiaisonClient(other, Callers.Utopia);
        Assert.Null((await utopia.RecordAsync(Documents.Stolen("BK000900"), null, CancellationToken.None)).Problem);
        Assert.Equal("hit", (await france.SearchAsync(new() { Number = "BK000900", Issuer = "UTO" }, CancellationToken.None)).Value!.Answer);
        Assert.Equal(2, (await utopia.VersionsAsync(stolen, CancellationToken.None)).Value!.Items.Count);
        Assert.Equal(2, (await utopia.VersionsAsync(withdrawn, CancellationToken.None)).Value!.Items.Count);
        foreach (var connection in new[] { fresh.AppConnectionString, fresh.OwnerConnectionString })
            await Assert.ThrowsAsync<PostgresException>(() => DatabaseDigest.ScalarAsync<object>(connection, "DELETE FROM audit.entry RETURNING 1"));
    }

    [Fact]
    public async Task A_backup_while_writes_run_holds_every_change_set_whole_or_not_at_all()
    {
        using var enough = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(async w =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++) await this.RecordedAsync(Documents.Stolen($"BW{w}{i:D5}"));
        }).ToArray();
        while (await ScalarAsync<long>("SELECT count(*) FROM platform.change_log") < 20) await Task.Delay(20);
        var manifest = await BackUpAsync();
        var soon = await ScalarAsync<long>("SELECT max(position) FROM platform.change_log");
        await enough.CancelAsync();
        await Task.WhenAll(writers);

        Assert.InRange(manifest.Position, 20, soon);
        var owner = await EmptyDatabaseAsync();
        await RestoreAsync(owner);
        Assert.Equal(manifest.Position, await DatabaseDigest.ScalarAsync<long>(owner, "SELECT max(position) FROM platform.change_log"));
        var records = await DatabaseDigest.ScalarAsync<long>(owner, "SELECT sum(records)::bigint FROM platform.change_log");
        foreach (var table in new[] { "travel_documents.document", "audit.entry" })
            Assert.Equal(records, await DatabaseDigest.ScalarAsync<long>(owner, $"SELECT count(*) FROM {table}"));
        Assert.Equal(records, await DatabaseDigest.ScalarAsync<long>(owner,
            "SELECT count(*) FROM platform.change_log JOIN travel_documents.document USING (change_set)"));
    }

    [Fact]
    public async Task A_damaged_file_is_refused_before_anything_is_restored_wherever_the_damage_is()
    {
        await FillAsync();
        await BackUpAsync();
        var whole = await System.IO.File.ReadAllBytesAsync(File);
        var contents = await ContentsAsync(File);
        var damaged = Path.Combine(Own, "damaged.backup");
        var refused = 0;
        for (var at = 0; at < whole.Length; at += Math.Max(1, whole.Length / 400))
        {
            var bytes = whole.ToArray();
            bytes[at] ^= 0x10;
            await System.IO.File.WriteAllBytesAsync(damaged, bytes);
            // A bit that means nothing, as of a time, may pass; then what is read is what was written.
            if (await Record.ExceptionAsync(async () => Assert.Equal(contents, await ContentsAsync(damaged))) is not { } exception) continue;
            Assert.IsType<BackupRefusedException>(exception);
            refused++;
        }

        Assert.InRange(refused, 300, 401);
        foreach (var length in new[] { 0, 1, 100, whole.Length / 2, whole.Length - 1 })
        {
            await System.IO.File.WriteAllBytesAsync(damaged, whole[..length]);
            await Assert.ThrowsAsync<BackupRefusedException>(() => ContentsAsync(damaged));
        }
    }

    [Fact]
    public async Task Only_an_empty_database_takes_a_backup()
    {
        await BackUpAsync();
        var refused = await Assert.ThrowsAsync<BackupRefusedException>(() => RestoreAsync(OwnerConnectionString));
        Assert.Contains("not empty", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BackupRefusedException>(BackUpAsync);
        await Assert.ThrowsAsync<BackupRefusedException>(async () =>
            await DatabaseBackup.WriteAsync(await EmptyDatabaseAsync(), Path.Combine(Own, "b.backup"), TimeProvider.System, CancellationToken.None));
        Assert.Equal([File], Directory.GetFiles(Own));
    }

    [Fact]
    public async Task A_backup_of_a_newer_build_or_of_an_edited_migration_is_refused_and_leaves_the_database_empty()
    {
        await BackUpAsync();
        var owner = await EmptyDatabaseAsync();
        var older = HubHost.Migrations.SkipLast(1).ToList();
        Assert.Contains("newer build", (await Assert.ThrowsAsync<BackupRefusedException>(() => RestoreAsync(owner, older))).Message, StringComparison.Ordinal);
        var last = HubHost.Migrations[^1];
        Migration edited = new(last.Module, last.Number, last.Sql + "\n-- edited");
        Assert.Contains("another file",
            (await Assert.ThrowsAsync<BackupRefusedException>(() => RestoreAsync(owner, [.. older, edited]))).Message, StringComparison.Ordinal);
        await RestoreAsync(owner);
    }

    [Fact]
    public async Task Partitions_that_were_made_after_the_migrations_come_back_with_what_guards_them()
    {
        IReadOnlyList<Migration> migrations = [.. HubHost.Migrations, new("parts", 1, """
            CREATE SCHEMA parts;
            CREATE TABLE parts.whole (at date NOT NULL, n int GENERATED ALWAYS AS IDENTITY, twice int GENERATED ALWAYS AS (1 + 1) STORED) PARTITION BY RANGE (at);
            CREATE TABLE parts.rest PARTITION OF parts.whole DEFAULT;
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON parts.whole FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
            """)];
        var owner = await EmptyDatabaseAsync();
        await Migrator.MigrateAsync(owner, migrations, TimeProvider.System, CancellationToken.None);
        await DatabaseDigest.ScalarAsync<object>(owner, """
            CREATE TABLE parts."of 2026" PARTITION OF parts.whole FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            INSERT INTO parts.whole (at) VALUES ('2026-02-03'), ('2025-02-03') RETURNING 1
            """);
        await DatabaseBackup.WriteAsync(owner, File, TimeProvider.System, CancellationToken.None);
        var again = await EmptyDatabaseAsync();
        await RestoreAsync(again, migrations);
        Assert.Equal(await DatabaseDigest.OfAsync(owner), await DatabaseDigest.OfAsync(again));
        Assert.Equal(1, await DatabaseDigest.ScalarAsync<long>(again, """SELECT count(*) FROM parts."of 2026" """));
        foreach (var sql in new[] { """DELETE FROM parts."of 2026" RETURNING 1""", "DELETE FROM parts.whole RETURNING 1" })
            await Assert.ThrowsAsync<PostgresException>(() => DatabaseDigest.ScalarAsync<object>(again, sql));
        Assert.Equal(3, await DatabaseDigest.ScalarAsync<int>(again, "INSERT INTO parts.whole (at) VALUES ('2026-02-03') RETURNING n"));
    }

    [Theory]
    [InlineData(DatabaseBackup.PartitionsLock)]
    [InlineData(Migrator.MigrationLock)]
    public async Task What_would_lock_tables_and_a_backup_wait_for_each_other_before_they_lock_any(long theirs)
    {
        await using var other = new NpgsqlConnection(OwnerConnectionString);
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({theirs})", other);
        await hold.ExecuteNonQueryAsync();
        var backup = BackUpAsync();
        Assert.NotSame(backup, await Task.WhenAny(backup, Task.Delay(500)));
        // What the hub itself reads or writes there is over in a moment; what the backup had locked would stay so.
        const string Locked = """
            SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'audit.entry'::regclass AND pid <> pg_backend_pid()
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
            """;
        for (var tries = 0; await ScalarAsync<bool>(Locked); tries++)
        {
            Assert.True(tries < 100, "The backup has locked the audit.");
            await Task.Delay(50);
        }

        Assert.False(backup.IsCompleted);
        await transaction.CommitAsync();
        await backup;
    }

    [Fact]
    public async Task Months_of_the_audit_that_are_over_come_back_with_their_guards()
    {
        await DatabaseDigest.ScalarAsync<object>(OwnerConnectionString, "SELECT audit.add_month('2020-02-15Z')");
        await DatabaseDigest.ScalarAsync<object>(OwnerConnectionString, """
            INSERT INTO audit.entry (id, batch, at, event, outcome, member, account, asked, records, salt)
            VALUES (gen_random_uuid(), gen_random_uuid(), '2020-02-03Z', 'test', 'done', 'UTO', 'old', '{}', '{}', decode(repeat('00', 16), 'hex')) RETURNING 1
            """);
        await BackUpAsync();
        var owner = await EmptyDatabaseAsync();
        await RestoreAsync(owner);
        Assert.Equal(await DatabaseDigest.OfAsync(OwnerConnectionString), await DatabaseDigest.OfAsync(owner));
        Assert.Equal(1, await DatabaseDigest.ScalarAsync<long>(owner, "SELECT count(*) FROM audit.entry_2020_02"));
        foreach (var sql in new[] { "DELETE FROM audit.entry_2020_02 RETURNING 1", "UPDATE audit.entry_2020_02 SET outcome = 'x' RETURNING 1" })
            Assert.Contains("append-only", (await Assert.ThrowsAsync<PostgresException>(() => DatabaseDigest.ScalarAsync<object>(owner, sql))).MessageText, StringComparison.Ordinal);
        // Retention goes on where it was: it drops the month when it is its time.
        await DatabaseDigest.ScalarAsync<object>(owner, "UPDATE audit.retention SET keep = interval '1 year' RETURNING 1");
        await DatabaseDigest.ScalarAsync<int>(owner, "SELECT audit.keep_partitions()");
        Assert.Equal(0, await DatabaseDigest.ScalarAsync<long>(owner, "SELECT count(*) FROM audit.entry WHERE at < '2021-01-01Z'"));
    }

    private async Task<(Guid Changed, Guid Withdrawn)> FillAsync()
    {
        var utopia = As(Callers.Utopia);
        var changed = await this.RecordedAsync(Documents.Stolen("BK000001"));
        await utopia.ChangeAsync(changed.Id, "\"1\"", Documents.Stolen("BK000001") with { EventPlace = "Größe \\N – \\. x", Why = "better known" }, CancellationToken.None);
        var withdrawn = await this.RecordedAsync(Documents.Stolen("BK000002"));
        await utopia.WithdrawAsync(withdrawn.Id, "\"1\"", new WithdrawalRequest { Reason = "falseReport" }, CancellationToken.None);
        await this.RecordedAsync(Documents.Stolen("BK000003"));
        await this.RecordedAsync(Documents.Blanks("BK000500", "BK000600"));
        await this.FoundAsync("BK000003");
        return (changed.Id, withdrawn.Id);
    }

    private Task<BackupManifest> BackUpAsync() => DatabaseBackup.WriteAsync(OwnerConnectionString, File, TimeProvider.System, CancellationToken.None);

    private async Task RestoreAsync(string owner, IReadOnlyList<Migration>? migrations = null)
    {
        await using var archive = await BackupArchive.OpenVerifiedAsync(File, CancellationToken.None);
        await DatabaseRestore.RunAsync(archive, owner, migrations ?? HubHost.Migrations, TimeProvider.System, CancellationToken.None);
    }

    /// <summary>All that a restore would use.</summary>
    private static async Task<string> ContentsAsync(string file)
    {
        await using var archive = await BackupArchive.OpenVerifiedAsync(file, CancellationToken.None);
        return System.Text.Json.JsonSerializer.Serialize(archive.Manifest);
    }

    private async Task<string> EmptyDatabaseAsync()
    {
        var name = "empty_" + Guid.NewGuid().ToString("N")[..8];
        await tests.Cluster.CreateDatabaseAsync(name);
        return tests.Cluster.ConnectionString(ClusterRole.Owner, name);
    }

    private static Task<Guid> HistoryAsync(string owner) => DatabaseDigest.ScalarAsync<Guid>(owner, "SELECT history FROM platform.identity");

    private static async Task<WebApplication> StartAsync(string app, string node, CapturedLog? log = null)
    {
        var settings = new HubSettings(app, new NodeOptions(node), 0, "Development");
        var hub = HubHost.Build(settings, logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log ?? new CapturedLog()));
        await hub.StartAsync();
        await hub.WaitUntilReadyAsync();
        return hub;
    }
}
