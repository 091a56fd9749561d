using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Platform.Searches;

/// <summary>The rows of <c>platform.kept_inquiry</c>, which the audit writes, and the audit entries that they name.</summary>
public static class KeptSearches
{
    private const string Asked = "e.id, e.at, e.member, e.account, e.purpose, e.place, e.asked, e.records";

    /// <summary>Rows after an id, in order.</summary>
    public static Task<List<KeptBody>> AfterAsync(
        NpgsqlConnection connection, long id, int most, CancellationToken cancellation) => connection.ReadAsync(
        "SELECT id, at, body FROM platform.kept_inquiry WHERE id > $1 ORDER BY id LIMIT $2", Read, cancellation, id, most);

    /// <summary>Those of the ids that are there.</summary>
    public static Task<List<KeptBody>> OfAsync(
        NpgsqlConnection connection, long[] ids, CancellationToken cancellation) => connection.ReadAsync(
        "SELECT id, at, body FROM platform.kept_inquiry WHERE id = ANY($1)", Read, cancellation, (object)ids);

    /// <summary>What the audit says of searches: those that it still holds.</summary>
    public static Task<List<AskedBefore>> AskedAsync(NpgsqlConnection connection, IReadOnlyCollection<Inquiry> inquiries, CancellationToken cancellation) =>
        connection.ReadAsync($"""
            SELECT {Asked} FROM unnest($1::uuid[], $2::timestamptz[]) AS w (id, at) JOIN audit.entry e ON e.id = w.id AND e.at = w.at
            """, ReadAsked, cancellation, inquiries.Select(i => i.Entry).ToArray(), inquiries.Select(i => i.At).ToArray());

    /// <summary>Writers that said that they may hold kept searches in memory, and were not heard of for a while: from when on they may have held some.</summary>
    public static Task<List<(Guid Writer, DateTimeOffset Through)>> SilentAsync(NpgsqlConnection connection, TimeSpan silence, CancellationToken cancellation) =>
        connection.ReadAsync("SELECT writer, through FROM platform.kept_writer WHERE seen < clock_timestamp() - $1",
            r => (r.GetGuid(0), r.Moment(1)), cancellation, silence);

    /// <summary>The audit entries that rows of a time tell of.</summary>
    public static async Task<Guid[]> EntriesAsync(NpgsqlConnection connection, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation) =>
        [.. (await connection.ReadAsync("SELECT id, at, body FROM platform.kept_inquiry WHERE at BETWEEN $1 AND $2", Read, cancellation, from, to))
            .SelectMany(row => KeptRow.Read(row.Body)?.Inquiries ?? []).Select(inquiry => inquiry.Entry)];

    /// <summary>Searches of a time that were answered, but for some.</summary>
    /// <param name="kind">Code of the audit event.</param>
    public static Task<List<AskedBefore>> OthersAsync(
        NpgsqlConnection connection, string kind, DateTimeOffset from, DateTimeOffset to, Guid[] but, CancellationToken cancellation) =>
        connection.ReadAsync(
            $"SELECT {Asked} FROM audit.entry e WHERE at BETWEEN $1 AND $2 AND event = $3 AND outcome <> 'denied' AND id <> ALL ($4)",
            ReadAsked, cancellation, from, to, kind, but);

    /// <summary>Writes what a writer held that is gone, and strikes it off.</summary>
    public static async Task ReplaceAsync(
        NpgsqlConnection connection, Guid writer, IReadOnlyCollection<Inquiry> inquiries, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        KeptBacklog.Add(batch, [.. inquiries.Select(i => (i.Marks.Count, i.Encode()))], at);
        KeptBacklog.Withdraw(batch, writer);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Removes rows from before a moment, the oldest first.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> ForgetAsync(NpgsqlConnection connection, DateTimeOffset before, int most, CancellationToken cancellation) =>
        (await connection.ReadAsync("SELECT platform.forget_searches($1, $2)", r => r.GetInt32(0), cancellation, before, most))[0];

    private static AskedBefore ReadAsked(NpgsqlDataReader r) => new(r.GetGuid(0), r.Moment(1), r.GetString(2), r.GetString(3), r.GetString(6))
    {
        Purpose = r.Text(4), Place = r.Text(5), Told = r.GetFieldValue<Guid[]>(7),
    };

    private static KeptBody Read(NpgsqlDataReader reader) => new(reader.GetInt64(0), reader.Moment(1), reader.GetFieldValue<byte[]>(2));
}

/// <summary>A row of kept searches; <see cref="KeptRow"/> reads its body.</summary>
/// <param name="At">When it was written.</param>
public readonly record struct KeptBody(long Id, DateTimeOffset At, byte[] Body);

/// <summary>A search as the audit tells it.</summary>
/// <param name="Id">Of the entry.</param>
/// <param name="Asked">JSON, in the form of the dataset.</param>
public sealed record AskedBefore(Guid Id, DateTimeOffset At, string Member, string Account, string Asked)
{
    public string? Purpose { get; init; }

    public string? Place { get; init; }

    /// <summary>Records that were shown.</summary>
    public IReadOnlyList<Guid> Told { get; init; } = [];
}
