using Npgsql;

namespace Liaison.Platform.Data.Backups;

/// <summary>
/// What there is to back up, as the catalog says: everything in the schemas that the owner role owns. So a table of a new module is in the
/// backup without anybody thinking of it, and what an administrator keeps in the same database is not.
/// </summary>
internal sealed record DatabaseShape
{
    private const string Own = "n.nspowner = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND n.nspname NOT LIKE 'pg\\_%'";

    private const string TablesSql = $"""
        SELECT n.nspname, c.relname, c.oid, array(SELECT a.attname::text FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND {Own}
        ORDER BY n.nspname, c.relname
        """;

    private const string ReferencesSql = "SELECT conrelid, confrelid FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid";

    private const string PartitionsSql = $"""
        SELECT n.nspname, c.relname, pn.nspname, p.relname, pg_get_expr(c.relpartbound, c.oid)
        FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
        WHERE c.relispartition AND c.relkind = 'r' AND {Own}
        ORDER BY n.nspname, c.relname
        """;

    private const string SequencesSql = $"""
        SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'S' AND {Own} ORDER BY n.nspname, c.relname
        """;

    /// <summary>Without what only the rows tell; in the order in which they can be loaded.</summary>
    public required IReadOnlyList<BackupTable> Tables { get; init; }

    public required IReadOnlyList<BackupPartition> Partitions { get; init; }

    public required IReadOnlyList<(string Schema, string Name)> Sequences { get; init; }

    public static async Task<DatabaseShape> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var tables = await BackupConnection.ListAsync(connection, TablesSql, r => (Oid: r.GetFieldValue<uint>(2),
            Table: new BackupTable(r.GetString(0), r.GetString(1), r.GetFieldValue<string[]>(3), 0, 0, "")), cancellation);
        var references = await BackupConnection.ListAsync(
            connection, ReferencesSql, r => (From: r.GetFieldValue<uint>(0), To: r.GetFieldValue<uint>(1)), cancellation);
        return new()
        {
            Tables = InLoadingOrder(tables, references.ToLookup(r => r.From, r => r.To)),
            Partitions = await BackupConnection.ListAsync(connection, PartitionsSql,
                r => new BackupPartition(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4)), cancellation),
            Sequences = await BackupConnection.ListAsync(connection, SequencesSql, r => (r.GetString(0), r.GetString(1)), cancellation),
        };
    }

    /// <summary>A table after those that it refers to. Tables that refer to one another in a circle cannot be loaded in any order.</summary>
    internal static IReadOnlyList<BackupTable> InLoadingOrder(IReadOnlyList<(uint Oid, BackupTable Table)> tables, ILookup<uint, uint> references)
    {
        var order = new List<BackupTable>(tables.Count);
        var waiting = tables.ToList();
        while (waiting.Count > 0)
        {
            var blocked = waiting.Select(t => t.Oid).ToHashSet();
            var free = waiting.Where(t => !references[t.Oid].Any(blocked.Contains)).ToList();
            if (free.Count == 0) throw new InvalidOperationException("Tables refer to one another in a circle: " + waiting[0].Table.File);
            order.AddRange(free.Select(t => t.Table));
            waiting.RemoveAll(free.Contains);
        }

        return order;
    }
}
