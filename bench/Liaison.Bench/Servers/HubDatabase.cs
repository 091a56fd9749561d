using Liaison.Bench.Corpora;
using Liaison.Matching;
using Liaison.Members.Demo;
using Liaison.Platform.Data.PrivatePostgres;
using Npgsql;
using NpgsqlTypes;

namespace Liaison.Bench.Servers;

/// <summary>One database of the bench's PostgreSQL, with the hub's schema.</summary>
internal sealed class HubDatabase(PrivateCluster cluster, string name)
{
    private const string Template = "bench_template";

    private const string Copy = """
        COPY travel_documents.document (record, id, version, owner, number, number_key, issuer, kind, status, event_date, national_reference,
            found, review_date, recorded_at, changed_at, change_set, account) FROM STDIN (FORMAT BINARY)
        """;

    public string Name => name;

    public string App => cluster.ConnectionString(ClusterRole.App, name);

    public string Owner => cluster.ConnectionString(ClusterRole.Owner, name);

    public string Admin => cluster.ConnectionString(ClusterRole.Admin, name);

    /// <summary>Makes the schema once, by the hub's own verb; every database is a copy of it.</summary>
    public static async Task PrepareAsync(PrivateCluster cluster, string hub, CancellationToken stop)
    {
        await cluster.CreateDatabaseAsync(Template, stop: stop);
        using var migrate = Programs.Start("dotnet", [hub, "migrate"], new Dictionary<string, string>
        {
            ["LIAISON_OWNER_DATABASE"] = cluster.ConnectionString(ClusterRole.Owner, Template) + ";Pooling=false",
        });
        var said = migrate.StandardOutput.ReadToEndAsync(stop);
        var errors = await migrate.StandardError.ReadToEndAsync(stop);
        await migrate.WaitForExitAsync(stop);
        if (migrate.ExitCode != 0) throw new BenchException($"The hub could not make its schema: {await said} {errors}");
        await using var owner = new NpgsqlConnection(cluster.ConnectionString(ClusterRole.Owner, Template) + ";Pooling=false");
        await owner.OpenAsync(stop);
        string[] permissions = ["hub.status", "travelDocuments.search", "travelDocuments.read", "travelDocuments.write"];
        await Seed.InsertAsync(owner, [new(Hub.Member, "country", "Bench")], [new("bench", Hub.Member, permissions, "borderControl", Hub.Token)],
            TimeProvider.System.GetUtcNow(), stop);
    }

    public static async Task<HubDatabase> CreateAsync(PrivateCluster cluster, string name, CancellationToken stop)
    {
        await cluster.CreateDatabaseAsync(name, Template, stop);
        return new(cluster, name);
    }

    /// <summary>Loads documents with their place, from 1, as record: indexes are made behind the rows, which says nothing of the import.</summary>
    public async Task LoadAsync(IEnumerable<(long Record, Sample Document)> documents, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(Owner + ";Pooling=false;Command Timeout=0");
        await connection.OpenAsync(stop);
        var indexes = await IndexesAsync(connection, stop);
        foreach (var (index, _) in indexes) await DoAsync(connection, $"DROP INDEX travel_documents.{index}", stop);
        await using (var rows = await connection.BeginBinaryImportAsync(Copy, stop))
        {
            rows.Timeout = TimeSpan.FromHours(1);
            var (day, at, set) = (new DateOnly(2035, 1, 1), DateTimeOffset.UnixEpoch.AddYears(55), Guid.CreateVersion7());
            foreach (var (record, document) in documents)
            {
                if (record % 100_000 == 0) stop.ThrowIfCancellationRequested();
                rows.StartRow();
                rows.Write(record, NpgsqlDbType.Bigint);
                // Ordered as the hub's own are.
                rows.Write(Guid.CreateVersion7(at.AddMilliseconds(record)), NpgsqlDbType.Uuid);
                rows.Write(1, NpgsqlDbType.Integer);
                rows.Write(document.Issuer, NpgsqlDbType.Text);
                rows.Write(document.Number, NpgsqlDbType.Text);
                rows.Write(document.Number, NpgsqlDbType.Text);
                rows.Write(document.Issuer, NpgsqlDbType.Text);
                rows.Write(document.Kind, NpgsqlDbType.Text);
                rows.Write("stolen", NpgsqlDbType.Text);
                rows.Write("2024-11-05", NpgsqlDbType.Text);
                rows.Write($"{document.Issuer}-2024-{record % 1_000_000:D6}", NpgsqlDbType.Text);
                rows.Write(false, NpgsqlDbType.Boolean);
                rows.Write(day, NpgsqlDbType.Date);
                rows.Write(at, NpgsqlDbType.TimestampTz);
                rows.Write(at, NpgsqlDbType.TimestampTz);
                rows.Write(set, NpgsqlDbType.Uuid);
                rows.Write("bench", NpgsqlDbType.Text);
            }

            await rows.CompleteAsync(stop);
        }

        await DoAsync(connection, "SET maintenance_work_mem = '512MB'", stop);
        foreach (var (_, definition) in indexes) await DoAsync(connection, definition, stop);
        // What the server would otherwise do in the middle of a round.
        await DoAsync(connection, "VACUUM (ANALYZE, FREEZE) travel_documents.document", stop);
        await CheckpointAsync(stop);
    }

    /// <summary>The database's identity, which a segment must carry to be followed.</summary>
    public async Task<IndexOrigin> OriginAsync(CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(Owner + ";Pooling=false");
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand("SELECT database, history FROM platform.identity", connection);
        await using var row = await command.ExecuteReaderAsync(stop);
        await row.ReadAsync(stop);
        return new(row.GetGuid(0), row.GetGuid(1));
    }

    /// <summary>How many searches were audited with each outcome: what was really asked and found.</summary>
    public async Task<Dictionary<string, long>> AuditedAsync(CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(App + ";Pooling=false;Command Timeout=0");
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand("SELECT outcome, count(*) FROM audit.entry WHERE subject IS NOT NULL GROUP BY 1", connection);
        await using var row = await command.ExecuteReaderAsync(stop);
        var counts = new Dictionary<string, long>();
        while (await row.ReadAsync(stop)) counts[row.GetString(0)] = row.GetInt64(1);
        return counts;
    }

    /// <summary>Before a round, so that none pays for what another one wrote.</summary>
    public async Task CheckpointAsync(CancellationToken stop) => await AsAdminAsync("CHECKPOINT", stop);

    public async Task AsAdminAsync(string sql, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(Admin + ";Command Timeout=0");
        await connection.OpenAsync(stop);
        await DoAsync(connection, sql, stop);
    }

    public async Task<string> SettingAsync(string setting, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(Admin);
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand("SHOW " + setting, connection);
        return (string)(await command.ExecuteScalarAsync(stop))!;
    }

    public Task DropAsync(CancellationToken stop)
    {
        NpgsqlConnection.ClearAllPools();
        return cluster.DropDatabaseAsync(name, stop);
    }

    private static async Task<List<(string Name, string Definition)>> IndexesAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("""
            SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = 'travel_documents.document'::regclass
              AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
            """, connection);
        await using var row = await command.ExecuteReaderAsync(stop);
        var indexes = new List<(string, string)>();
        while (await row.ReadAsync(stop)) indexes.Add((row.GetString(0), row.GetString(1)));
        return indexes;
    }

    private static async Task DoAsync(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(stop);
    }
}
