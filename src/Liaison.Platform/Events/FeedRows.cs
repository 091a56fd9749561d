using System.Data;
using System.Text.Json;
using Liaison.Api.Events;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Platform.Events;

/// <summary>An event with its place in the feed of its member.</summary>
internal sealed record FeedEvent(long Position, MemberEvent Event)
{
    /// <param name="source">Names the hub.</param>
    /// <param name="cursor">For whoever reads the feed.</param>
    public CloudEvent Wire(string source, FeedCursor? cursor)
    {
        using var data = JsonDocument.Parse(Event.Data);
        return new()
        {
            Id = Event.Id, Source = source, Type = Event.Type, Time = Event.At, Subject = Event.Subject, Data = data.RootElement.Clone(), Cursor = cursor?.ToString(),
        };
    }
}

/// <summary>A part of a feed.</summary>
/// <param name="History">Of the database.</param>
/// <param name="Last">Position of the newest event; 0 when there was none.</param>
/// <param name="Removed">Up to here events are no longer kept.</param>
/// <param name="Events">After the position that was asked for.</param>
internal sealed record FeedPart(Guid History, long Last, long Removed, IReadOnlyList<FeedEvent> Events);

/// <summary>Reads feeds.</summary>
internal static class FeedRows
{
    /// <param name="connection">Any.</param>
    /// <param name="member">Whose.</param>
    /// <param name="after">Null for none at all: how far the feed is.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancellation">Of the request.</param>
    public static async Task<FeedPart> ReadAsync(NpgsqlConnection connection, string member, long? after, int most, CancellationToken cancellation)
    {
        // Of one moment: what is removed between the two statements would be missed without a word.
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var (history, last, removed) = (await connection.ReadAsync("""
            SELECT i.history, coalesce(f.last, 0), coalesce(f.removed, 0) FROM platform.identity i LEFT JOIN platform.member_feed f ON f.member = $1
            """, r => (r.GetGuid(0), r.GetInt64(1), r.GetInt64(2)), cancellation, member))[0];
        var events = after is not { } position ? [] : await connection.ReadAsync("""
            SELECT position, event, member, type, at, subject, data::text FROM platform.member_event WHERE member = $1 AND position > $2 ORDER BY position LIMIT $3
            """, r => new FeedEvent(r.GetInt64(0), new(r.GetGuid(1), r.GetString(2), r.GetString(3), r.Moment(4), r.Text(5), r.GetString(6))), cancellation,
            member, position, most);
        return new(history, last, removed, events);
    }

    /// <summary>How far the feeds are.</summary>
    public static async Task<Dictionary<string, long>> LastAsync(NpgsqlConnection connection, string[] members, CancellationToken cancellation) =>
        (await connection.ReadAsync("SELECT member, last FROM platform.member_feed WHERE member = ANY($1)", r => (r.GetString(0), r.GetInt64(1)), cancellation,
            (object)members)).ToDictionary(f => f.Item1, f => f.Item2, StringComparer.Ordinal);

    /// <summary>False when the cursor is of another database, or events after it are removed: whoever goes on from it would miss some without a word.</summary>
    public static async Task<bool> HasAllAfterAsync(NpgsqlConnection connection, string member, FeedCursor after, CancellationToken cancellation) => (await connection.ReadAsync("""
        SELECT i.history = $2 AND $3 BETWEEN coalesce(f.removed, 0) AND coalesce(f.last, 0) FROM platform.identity i LEFT JOIN platform.member_feed f ON f.member = $1
        """, r => r.GetBoolean(0), cancellation, member, after.History, after.Position))[0];

    /// <summary>Removes events that were told before a moment, the oldest first.</summary>
    /// <returns>How many.</returns>
    public static async Task<long> RemoveAsync(NpgsqlConnection connection, DateTimeOffset toldBefore, int most, CancellationToken cancellation) => (await connection.ReadAsync("""
        WITH gone AS (
            DELETE FROM platform.member_event WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM platform.member_event WHERE told_at < $1 ORDER BY told_at, position LIMIT $2)) RETURNING member, position),
        upto AS (SELECT member, max(position) AS position FROM gone GROUP BY member),
        -- In the order in which the feeds are written, so that neither waits for the other.
        held AS (SELECT member FROM platform.member_feed WHERE member IN (SELECT member FROM upto) ORDER BY member FOR UPDATE),
        noted AS (UPDATE platform.member_feed f SET removed = greatest(f.removed, u.position) FROM upto u JOIN held USING (member) WHERE f.member = u.member)
        SELECT count(*) FROM gone
        """, r => r.GetInt64(0), cancellation, toldBefore, most))[0];
}
