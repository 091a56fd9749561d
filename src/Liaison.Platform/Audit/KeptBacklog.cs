using Liaison.Platform.Searches;
using Npgsql;

namespace Liaison.Platform.Audit;

/// <summary>
/// When what is kept of searches is written. Alone it goes with its audit entry, in one transaction. Under load the entries go by themselves, as fast
/// as if nothing were kept, and what is kept of some batches follows together: that was announced before, so that what dies with this process is made
/// anew from the audit.
/// </summary>
/// <remarks>Of the one writer; not thread-safe.</remarks>
internal sealed class KeptBacklog(TimeProvider clock)
{
    /// <summary>How much later it may follow: leads are looked for at half this pace.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private const string Announce = """
        INSERT INTO platform.kept_writer (writer, through, seen) VALUES ($1, $2, clock_timestamp())
        ON CONFLICT (writer) DO UPDATE SET through = EXCLUDED.through, seen = EXCLUDED.seen
        """;

    private const string Insert = "INSERT INTO platform.kept_inquiry (at, body) SELECT $1, body FROM unnest($2::bytea[]) AS k (body)";

    private readonly Guid writer = Guid.NewGuid();
    private readonly List<(int Marks, byte[] Bytes)> waiting = [];
    private long written;
    private bool announced;

    /// <summary>How many searches are in the audit and not kept yet; may be read from any thread.</summary>
    public int Held => waiting.Count;

    /// <summary>Nothing is held, and nobody was told that something might be.</summary>
    public bool IsEmpty => waiting.Count == 0 && !announced;

    private bool IsDue => written == 0 || clock.GetElapsedTime(written) >= Pace;

    /// <summary>Whether these entries must be written in one transaction with what is kept of them and of those before.</summary>
    public bool GoesWith(IReadOnlyList<EncodedEntry> entries)
    {
        // A piece of a batch is large enough to go with its entry, and only searches of their own are made anew from the audit.
        if (entries.Any(e => e.Entry.Inquiry?.IsOfBatch is true)) return true;
        return (waiting.Count > 0 || entries.Any(e => e.Kept is not null)) && (!announced || IsDue);
    }

    /// <summary>The entries are durable without what is kept of them.</summary>
    public void Hold(IReadOnlyList<EncodedEntry> entries) => waiting.AddRange(Of(entries));

    /// <summary>Adds commands that write all that is held, and what is kept of these entries.</summary>
    /// <returns>What is to be called when they are durable.</returns>
    public Action WriteWith(NpgsqlBatch batch, IReadOnlyList<EncodedEntry> entries)
    {
        Add(batch, [.. waiting, .. Of(entries)], clock.GetUtcNow());
        // Whoever wrote a moment ago has much to write: what comes next need not go alone.
        var says = announced || !IsDue;
        if (says) batch.BatchCommands.Add(new(Announce) { Parameters = { new() { Value = writer }, new() { Value = clock.GetUtcNow() } } });
        return () => Written(says);
    }

    /// <summary>Adds commands for a time in which nobody asks.</summary>
    /// <returns>As of <see cref="WriteWith"/>.</returns>
    public Action WriteAlone(NpgsqlBatch batch)
    {
        Add(batch, waiting, clock.GetUtcNow());
        Withdraw(batch, writer);
        return () => Written(false);
    }

    /// <summary>Adds the command by which a writer holds nothing any more.</summary>
    public static void Withdraw(NpgsqlBatch batch, Guid writer) =>
        batch.BatchCommands.Add(new("DELETE FROM platform.kept_writer WHERE writer = $1") { Parameters = { new() { Value = writer } } });

    /// <summary>Adds the command that writes what is kept.</summary>
    public static void Add(NpgsqlBatch batch, IReadOnlyCollection<(int Marks, byte[] Bytes)> kept, DateTimeOffset at)
    {
        byte[][] rows = [.. KeptRow.Pack(kept)];
        if (rows.Length > 0) batch.BatchCommands.Add(new(Insert) { Parameters = { new() { Value = at }, AuditRows.Array(NpgsqlTypes.NpgsqlDbType.Bytea, rows) } });
    }

    private static IEnumerable<(int Marks, byte[] Bytes)> Of(IReadOnlyList<EncodedEntry> entries) =>
        entries.Where(e => e.Kept is not null).Select(e => (e.Entry.Inquiry!.Marks.Count, e.Kept!));

    private void Written(bool said)
    {
        waiting.Clear();
        (announced, written) = (said, clock.GetTimestamp());
    }
}
