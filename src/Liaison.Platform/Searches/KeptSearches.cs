using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Platform.Searches;

/// <summary>The rows of <c>platform.kept_inquiry</c>, which the audit writes, and the audit entries that they name.</summary>
public static class KeptSearches
{
    /// <summary>Rows after an id, in order.</summary>
    public static Task<List<(long Id, DateTimeOffset At, KeptRow? Row)>> AfterAsync(
        NpgsqlConnection connection, long id, int most, CancellationToken cancellation) => connection.ReadAsync(
        "SELECT id, at, body FROM platform.kept_inquiry WHERE id > $1 ORDER BY id LIMIT $2", Read, cancellation, id, most);

    /// <summary>Those of the ids that are there.</summary>
    public static Task<List<(long Id, DateTimeOffset At, KeptRow? Row)>> OfAsync(
        NpgsqlConnection connection, long[] ids, CancellationToken cancellation) => connection.ReadAsync(
        "SELECT id, at, body FROM platform.kept_inquiry WHERE id = ANY($1)", Read, cancellation, (object)ids);

    /// <summary>What the audit says of searches: those that it still holds.</summary>
    public static Task<List<AskedBefore>> AskedAsync(NpgsqlConnection connection, IReadOnlyCollection<Inquiry> inquiries, CancellationToken cancellation) =>
        connection.ReadAsync("""
            SELECT e.id, e.at, e.member, e.account, e.purpose, e.place, e.asked, e.records
            FROM unnest($1::uuid[], $2::timestamptz[]) AS w (id, at) JOIN audit.entry e ON e.id = w.id AND e.at = w.at
            """, r => new AskedBefore(r.GetGuid(0), r.Moment(1), r.GetString(2), r.GetString(3), r.GetString(6))
        {
            Purpose = r.Text(4), Place = r.Text(5), Told = r.GetFieldValue<Guid[]>(7),
        }, cancellation, inquiries.Select(i => i.Entry).ToArray(), inquiries.Select(i => i.At).ToArray());

    /// <summary>Removes rows from before a moment, the oldest first.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> ForgetAsync(NpgsqlConnection connection, DateTimeOffset before, int most, CancellationToken cancellation) =>
        (await connection.ReadAsync("SELECT platform.forget_searches($1, $2)", r => r.GetInt32(0), cancellation, before, most))[0];

    private static (long Id, DateTimeOffset At, KeptRow? Row) Read(NpgsqlDataReader reader) =>
        (reader.GetInt64(0), reader.Moment(1), KeptRow.Read(reader.GetFieldValue<byte[]>(2)));
}

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
