using System.Data;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace Liaison.Platform.Data.Backups;

/// <summary>
/// Writes everything that a hub's database holds into one file, while the hub goes on: one snapshot, so that every change set is in it whole
/// or not at all. Memory stays flat whatever the size.
/// </summary>
public static class DatabaseBackup
{
    /// <summary>That of <c>audit.keep_partitions</c>.</summary>
    internal const long PartitionsLock = 0x4C49_4149_0003;

    internal const string ManifestFile = "manifest.json", ManifestSum = "manifest.sha256";

    /// <param name="ownerConnectionString">As <c>liaison_owner</c>.</param>
    /// <param name="file">Must not exist. It appears whole, by rename, readable by its owner only.</param>
    /// <param name="clock">For the moment in the manifest.</param>
    /// <param name="cancellation">Gives up; nothing is left behind.</param>
    /// <exception cref="BackupRefusedException">The database has no schema, or the file is there.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static async Task<BackupManifest> WriteAsync(
        string ownerConnectionString, string file, TimeProvider clock, CancellationToken cancellation)
    {
        if (File.Exists(file)) throw new BackupRefusedException($"{file} is there already. Choose another name; a backup overwrites nothing.");
        await using var connection = await BackupConnection.OpenAsync(ownerConnectionString, cancellation);
        var (unfinished, isOurs) = (file + ".unfinished", false);
        try
        {
            var target = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Share = FileShare.None };
            if (!OperatingSystem.IsWindows()) target.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            BackupManifest manifest;
            await using (var stream = new FileStream(unfinished, target))
            {
                isOurs = true;
                await using (var archive = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, cancellation))
                    manifest = await WriteAsync(connection, archive, clock, cancellation);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, file, overwrite: false);
            return manifest;
        }
        finally
        {
            if (isOurs) File.Delete(unfinished);
        }
    }

    private static async Task<BackupManifest> WriteAsync(
        NpgsqlConnection connection, ZipArchive archive, TimeProvider clock, CancellationToken cancellation)
    {
        var at = clock.GetUtcNow();
        // A migration, or the job that makes and drops partitions, would ask for locks that wait for the backup's, and every write would
        // wait behind it. So they wait before they ask. Of the session, as a transaction's would take the snapshot too early.
        await BackupConnection.ExecuteAsync(
            connection, $"SELECT pg_advisory_lock_shared({Migrator.MigrationLock}), pg_advisory_lock_shared({PartitionsLock})", cancellation);
        // Locked before the snapshot is taken, as LOCK TABLE takes none: what is copied cannot be dropped or altered meanwhile.
        var seen = await DatabaseShape.ReadAsync(connection, cancellation);
        if (seen.Tables.Count == 0)
            throw new BackupRefusedException("The database has no schema of a hub. Check the connection string, and that it is of liaison_owner.");
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await BackupConnection.ExecuteAsync(connection, "SET TRANSACTION READ ONLY", cancellation);
        await BackupConnection.ExecuteAsync(
            connection, $"LOCK TABLE {string.Join(", ", seen.Tables.Select(t => t.Sql))} IN ACCESS SHARE MODE", cancellation);
        var shape = await DatabaseShape.ReadAsync(connection, cancellation);
        if (!shape.Tables.Select(t => t.File).SequenceEqual(seen.Tables.Select(t => t.File)))
            throw new BackupRefusedException("The schema is being migrated. Back up again when that is done.");

        var tables = new List<BackupTable>();
        foreach (var table in shape.Tables) tables.Add(await WriteTableAsync(connection, archive, table, cancellation));
        var sequences = new List<BackupSequence>();
        foreach (var (schema, name) in shape.Sequences)
            sequences.Add(await ReadSequenceAsync(connection, schema, name, cancellation));
        var (database, history) = await ChangeLog.IdentityAsync(connection, cancellation);
        var position = await ChangeLog.LastAsync(connection, cancellation);
        var manifest = new BackupManifest(BackupManifest.CurrentFormat, database, history, position, at, connection.PostgreSqlVersion.ToString())
        {
            Migrations = await BackupConnection.ListAsync(connection, "SELECT module, number, checksum FROM migration.applied ORDER BY at, module, number",
                r => new AppliedMigration(r.GetString(0), r.GetInt32(1), r.GetString(2)), cancellation),
            Tables = tables,
            Partitions = shape.Partitions,
            Sequences = sequences,
        };
        await snapshot.CommitAsync(cancellation);

        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, BackupJson.Default.BackupManifest);
        await WriteFileAsync(archive, ManifestFile, json, cancellation);
        await WriteFileAsync(archive, ManifestSum, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(json))), cancellation);
        return manifest;
    }

    private static async Task<BackupTable> WriteTableAsync(
        NpgsqlConnection connection, ZipArchive archive, BackupTable table, CancellationToken cancellation)
    {
        await using var target = await archive.CreateEntry(table.File, CompressionLevel.Fastest).OpenAsync(cancellation);
        // A query and not the table: COPY reads no partitioned table by itself.
        using var rows = await connection.BeginTextExportAsync($"COPY (SELECT {table.ColumnsSql} FROM {table.Sql}) TO STDOUT", cancellation);
        var written = await Pump.RunAsync(rows.BaseStream, target, cancellation);
        return table with { Rows = written.Lines, Bytes = written.Bytes, Sha256 = written.Sha256 };
    }

    private static async Task<BackupSequence> ReadSequenceAsync(
        NpgsqlConnection connection, string schema, string name, CancellationToken cancellation) =>
        (await BackupConnection.ListAsync(connection, $"SELECT last_value, is_called FROM {Quoted.Name(schema, name)}",
            r => new BackupSequence(schema, name, r.GetInt64(0), r.GetBoolean(1)), cancellation))[0];

    private static async Task WriteFileAsync(ZipArchive archive, string name, byte[] content, CancellationToken cancellation)
    {
        await using var target = await archive.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellation);
        await target.WriteAsync(content, cancellation);
    }
}
