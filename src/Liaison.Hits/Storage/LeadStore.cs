using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Hits.Storage;

/// <summary>How far the change log was looked through for old questions.</summary>
/// <param name="Position">Every change set up to it is done.</param>
/// <param name="Record">Of the next, every record up to this key.</param>
/// <param name="At">When it was written down.</param>
internal sealed record LeadProgress(long Position, long Record, DateTimeOffset At);

/// <summary>That a question was told of a record.</summary>
internal sealed record ToldLead(Guid Search, int Place, long Record, bool IsSilent);

/// <summary>What was told of old questions, and how far that is.</summary>
internal static class LeadStore
{
    public static async Task<LeadProgress?> ProgressAsync(NpgsqlConnection connection, string dataset, CancellationToken cancellation) =>
        (await connection.ReadAsync("SELECT position, record, at FROM hits.lead_progress WHERE dataset = $1",
            r => new LeadProgress(r.GetInt64(0), r.GetInt64(1), r.Moment(2)), cancellation, dataset)).SingleOrDefault();

    public static Task SaveAsync(NpgsqlConnection connection, string dataset, LeadProgress progress, CancellationToken cancellation) =>
        connection.DoAsync("""
            INSERT INTO hits.lead_progress (dataset, position, record, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (dataset) DO UPDATE SET position = excluded.position, record = excluded.record, at = excluded.at
            """, cancellation, dataset, progress.Position, progress.Record, progress.At);

    /// <summary>What these searches were told of before.</summary>
    public static async Task<HashSet<ToldLead>> ToldAsync(NpgsqlConnection connection, string dataset, Guid[] searches, CancellationToken cancellation) =>
        [.. await connection.ReadAsync("SELECT search, place, record, silent FROM hits.lead WHERE dataset = $1 AND search = ANY($2)",
            r => new ToldLead(r.GetGuid(0), r.GetInt32(1), r.GetInt64(2), r.GetBoolean(3)), cancellation, dataset, searches)];

    public static Task InsertAsync(
        NpgsqlConnection connection, string dataset, IReadOnlyList<ToldLead> leads, DateTimeOffset at, CancellationToken cancellation) => connection.DoAsync("""
        INSERT INTO hits.lead (dataset, search, place, record, silent, at)
        SELECT $1, search, place, record, silent, $6 FROM unnest($2::uuid[], $3::int[], $4::bigint[], $5::boolean[]) AS l (search, place, record, silent)
        ON CONFLICT DO NOTHING
        """, cancellation, dataset, leads.Select(l => l.Search).ToArray(), leads.Select(l => l.Place).ToArray(), leads.Select(l => l.Record).ToArray(),
        leads.Select(l => l.IsSilent).ToArray(), at);
}
