using Npgsql;
using NpgsqlTypes;

namespace Liaison.Platform.Data.Backups;

/// <summary>
/// Loads a backup into an empty database: the schema it was taken from, its rows, and then what this build adds to the schema. All up to
/// the rows is one transaction, so that a restore that fails leaves the database as empty as it was.
/// </summary>
public static class DatabaseRestore
{
    /// <param name="archive">Verified.</param>
    /// <param name="ownerConnectionString">As <c>liaison_owner</c>, of a database in which no hub ever was.</param>
    /// <param name="migrations">Of this build, Platform's first.</param>
    /// <param name="clock">For the record of later migrations.</param>
    /// <param name="cancellation">Gives up; nothing is left behind.</param>
    /// <exception cref="BackupRefusedException">The database is not empty, or the backup is of a newer build.</exception>
    public static async Task RunAsync(BackupArchive archive, string ownerConnectionString, IReadOnlyList<Migration> migrations,
        TimeProvider clock, CancellationToken cancellation)
    {
        var then = MigrationsOf(archive.Manifest, migrations);
        await using (var connection = await BackupConnection.OpenAsync(ownerConnectionString, cancellation))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            // No hub may migrate the empty database meanwhile.
            await Migrator.LockForTransactionAsync(connection, cancellation);
            if ((await DatabaseShape.ReadAsync(connection, cancellation)).Tables.Count > 0)
                throw new BackupRefusedException("The database is not empty. A backup is restored into a new one only: make one, or choose another data folder.");
            await BackupConnection.ExecuteAsync(connection, "RESET search_path", cancellation);
            await Migrator.BuildAsync(connection, then, clock, cancellation);
            await BackupConnection.ExecuteAsync(connection, "SET search_path = pg_catalog", cancellation);
            await LoadAsync(connection, archive, cancellation);
            await transaction.CommitAsync(cancellation);
            await BackupConnection.ExecuteAsync(connection, "ANALYZE", cancellation);
        }

        await Migrator.MigrateAsync(ownerConnectionString, migrations, clock, cancellation);
    }

    /// <summary>The files of this build that make the schema of the backup.</summary>
    private static List<Migration> MigrationsOf(BackupManifest manifest, IReadOnlyList<Migration> migrations)
    {
        var applied = manifest.Migrations.ToDictionary(m => (m.Module, m.Number), m => m.Checksum);
        var then = migrations.Where(m => applied.ContainsKey((m.Module, m.Number))).ToList();
        if (then.Count < applied.Count) throw new BackupRefusedException("The backup is of a newer build. Restore it with that one.");
        return then.Find(m => applied[(m.Module, m.Number)] != m.Checksum) is { } changed
            ? throw new BackupRefusedException(
                $"The backup was made when migration {changed.Module}-{changed.Number:D4} was another file. Restore it with the build that made it.")
            : then;
    }

    private static async Task LoadAsync(NpgsqlConnection connection, BackupArchive archive, CancellationToken cancellation)
    {
        var there = await DatabaseShape.ReadAsync(connection, cancellation);
        foreach (var partition in archive.Manifest.Partitions.Where(p => !there.Partitions.Any(t => (t.Schema, t.Name) == (p.Schema, p.Name))))
            await MakePartitionAsync(connection, partition, cancellation);
        // Migrations put rows of their own into some tables; the backup has them as they were.
        foreach (var table in archive.Manifest.Tables.Reverse())
            await BackupConnection.ExecuteAsync(connection, $"DO $$ BEGIN IF EXISTS (SELECT FROM {table.Sql}) THEN DELETE FROM {table.Sql}; END IF; END $$", cancellation);
        foreach (var table in archive.Manifest.Tables) await LoadTableAsync(connection, archive, table, cancellation);
        foreach (var sequence in archive.Manifest.Sequences) await SetAsync(connection, sequence, cancellation);
        // Indexes and copies made from the old past must not be followed: what was written after the backup is gone.
        await BackupConnection.ExecuteAsync(connection, "UPDATE platform.identity SET history = gen_random_uuid()", cancellation);
    }

    private static async Task LoadTableAsync(
        NpgsqlConnection connection, BackupArchive archive, BackupTable table, CancellationToken cancellation)
    {
        await using var rows = await archive.OpenAsync(table, cancellation);
        await using (var target = await connection.BeginTextImportAsync($"COPY {table.Sql} ({table.ColumnsSql}) FROM STDIN", cancellation))
        {
            try
            {
                var read = await Pump.RunAsync(rows, target.BaseStream, cancellation);
                if (read.Sha256 != table.Sha256) throw new BackupRefusedException($"{table.File} changed while it was read. Nothing was restored.");
            }
            catch
            {
                await target.CancelAsync();
                throw;
            }
        }

        await using var count = new NpgsqlCommand($"SELECT count(*) FROM {table.Sql}", connection);
        if ((long)(await count.ExecuteScalarAsync(cancellation))! != table.Rows)
            throw new BackupRefusedException($"{table.File} was not loaded whole. Nothing was restored.");
    }

    /// <summary>Statement triggers of the whole table do not reach its parts, and the audit's must hold there too.</summary>
    private static async Task MakePartitionAsync(NpgsqlConnection connection, BackupPartition partition, CancellationToken cancellation)
    {
        var name = Quoted.Name(partition.Schema, partition.Name);
        var parent = Quoted.Name(partition.ParentSchema, partition.Parent);
        await BackupConnection.ExecuteAsync(connection, $"CREATE TABLE {name} PARTITION OF {parent} {partition.Bound}", cancellation);
        await using var command = new NpgsqlCommand("""
            SELECT tgname::text, pg_get_triggerdef(oid), tgrelid::regclass::text FROM pg_trigger
            WHERE tgrelid = $1::text::regclass AND NOT tgisinternal AND tgtype & 1 = 0
            """, connection)
        {
            Parameters = { new() { Value = parent } },
        };
        var triggers = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
                triggers.Add(reader.GetString(1).Replace(" ON " + reader.GetString(2) + " ", $" ON {name} ", StringComparison.Ordinal));
        }

        foreach (var trigger in triggers) await BackupConnection.ExecuteAsync(connection, trigger, cancellation);
    }

    private static async Task SetAsync(NpgsqlConnection connection, BackupSequence sequence, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT setval($1::text::regclass, $2, $3)", connection)
        {
            Parameters =
            {
                new() { Value = Quoted.Name(sequence.Schema, sequence.Name), NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = sequence.Value }, new() { Value = sequence.WasDrawn },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
