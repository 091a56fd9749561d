using Npgsql;

namespace Liaison.Platform.Data;

/// <summary>
/// Brings a database up to this build's schema: numbered files, each in one transaction, all under one advisory lock, recorded with
/// their checksum. An older build refuses a newer schema, and a file that was edited after it ran is refused.
/// </summary>
public static class Migrator
{
    /// <summary>Advisory lock keys of the hub; distinct from <see cref="WriteTransaction"/>'s.</summary>
    internal const long MigrationLock = 0x4C49_4149_0001;

    /// <summary>Where it is recorded what ran.</summary>
    private const string Book = """
        CREATE SCHEMA IF NOT EXISTS migration;
        GRANT USAGE ON SCHEMA migration TO liaison_app;
        CREATE TABLE IF NOT EXISTS migration.applied (
            module   text NOT NULL,
            number   int NOT NULL,
            checksum text NOT NULL,
            at       timestamptz NOT NULL,
            PRIMARY KEY (module, number));
        GRANT SELECT ON migration.applied TO liaison_app
        """;

    /// <param name="connectionString">As <c>liaison_owner</c>.</param>
    /// <param name="migrations">Of every module, Platform's first.</param>
    /// <returns>How many files ran; 0 when the schema was current.</returns>
    /// <exception cref="SchemaMismatchException">The database was migrated by a newer build, or a file changed after it ran.</exception>
    public static async Task<int> MigrateAsync(
        string connectionString, IReadOnlyList<Migration> migrations, TimeProvider clock, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(PrimaryAddress.Of(connectionString));
        await connection.OpenAsync(cancellation);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({MigrationLock})", cancellation);
        await ExecuteAsync(connection, Book, cancellation);

        var applied = await ReadAppliedAsync(connection, cancellation);
        Check(applied, migrations);
        var ran = 0;
        foreach (var migration in migrations.Where(m => !applied.ContainsKey((m.Module, m.Number))))
        {
            await ApplyAsync(connection, migration, clock.GetUtcNow(), cancellation);
            ran++;
        }

        await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({MigrationLock})", cancellation);
        return ran;
    }

    /// <summary>Keeps every migration off until the connection's transaction ends.</summary>
    internal static Task LockForTransactionAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({MigrationLock})", cancellation);

    /// <summary>Builds a schema in an empty database within the connection's transaction, for a restore.</summary>
    internal static async Task BuildAsync(
        NpgsqlConnection connection, IReadOnlyList<Migration> migrations, TimeProvider clock, CancellationToken cancellation)
    {
        await ExecuteAsync(connection, Book, cancellation);
        foreach (var migration in migrations) await RunAsync(connection, migration, clock.GetUtcNow(), cancellation);
    }

    /// <summary>Refuses to serve on a schema that is not this build's.</summary>
    /// <param name="connectionString">As <c>liaison_app</c>.</param>
    /// <param name="migrations">Of every module.</param>
    /// <param name="cancellation">Ends the check.</param>
    /// <exception cref="SchemaMismatchException">The message says what to do.</exception>
    public static async Task RequireCurrentAsync(string connectionString, IReadOnlyList<Migration> migrations, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(PrimaryAddress.Of(connectionString));
        await connection.OpenAsync(cancellation);
        try
        {
            var applied = await ReadAppliedAsync(connection, cancellation);
            Check(applied, migrations);
            if (applied.Count < migrations.Count) throw new SchemaMismatchException("The schema is older than this build. Run the verb migrate first.");
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            throw new SchemaMismatchException("The database has no schema yet. Run the verb migrate first.");
        }
    }

    private static async Task<Dictionary<(string, int), string>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var applied = new Dictionary<(string, int), string>();
        await using var command = new NpgsqlCommand("SELECT module, number, checksum FROM migration.applied", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            applied[(reader.GetString(0), reader.GetInt32(1))] = reader.GetString(2);
        return applied;
    }

    private static void Check(Dictionary<(string Module, int Number), string> applied, IReadOnlyList<Migration> migrations)
    {
        var known = migrations.ToDictionary(m => (m.Module, m.Number), m => m.Checksum);
        foreach (var (key, checksum) in applied)
        {
            if (!known.TryGetValue(key, out var expected))
                throw new SchemaMismatchException(
                    $"The database has migration {key.Module}-{key.Number:D4}, which this build does not know. Start the newer build.");
            if (expected != checksum)
                throw new SchemaMismatchException(
                    $"Migration {key.Module}-{key.Number:D4} was changed after it ran here. Restore the file, and put the change in a new one.");
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await RunAsync(connection, migration, at, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task RunAsync(NpgsqlConnection connection, Migration migration, DateTimeOffset at, CancellationToken cancellation)
    {
        await ExecuteAsync(connection, migration.Sql, cancellation);
        await using var record = new NpgsqlCommand("INSERT INTO migration.applied VALUES ($1, $2, $3, $4)", connection)
        {
            Parameters =
            {
                new() { Value = migration.Module }, new() { Value = migration.Number },
                new() { Value = migration.Checksum }, new() { Value = at },
            },
        };
        await record.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        // A migration of a large table, or the wait for another node's, takes the time it takes.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

/// <summary>The database's schema does not fit this build; the message says what to do.</summary>
public sealed class SchemaMismatchException(string message) : Exception(message);
