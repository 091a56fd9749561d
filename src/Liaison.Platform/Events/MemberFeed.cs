using System.Text.Json;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Outbox;

namespace Liaison.Platform.Events;

/// <summary>
/// Puts events into the feeds of members. Only within the transaction of the outbox's reader: it is the one writer, so that a member's positions are
/// seen in their order and none is passed over by whoever reads up to the last.
/// </summary>
public static class MemberFeed
{
    /// <summary>For events whose payload says all that is needed.</summary>
    public static OutboxSubscription Of(string name, params IReadOnlyList<FeedRule> rules)
    {
        var byType = rules.ToDictionary(r => r.Type, StringComparer.Ordinal);
        return new(name, byType.Keys.ToHashSet(), (transaction, rows, cancellation) =>
            AddAsync(transaction, [.. rows.Select(row => Event(row, byType[row.Type])).OfType<MemberEvent>()], cancellation));
    }

    public static async Task AddAsync(WriteTransaction transaction, IReadOnlyList<MemberEvent> events, CancellationToken cancellation)
    {
        if (events.Count == 0) return;
        await transaction.Connection.DoAsync("""
            WITH told AS (
                SELECT *, row_number() OVER (PARTITION BY member ORDER BY place) AS nth
                FROM unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[]) WITH ORDINALITY
                    AS t (member, event, type, at, subject, data, place)),
            count AS (SELECT member, count(*) AS events FROM told GROUP BY member),
            feed AS (
                INSERT INTO platform.member_feed AS f (member, last) SELECT member, events FROM count ORDER BY member
                ON CONFLICT (member) DO UPDATE SET last = f.last + excluded.last
                RETURNING f.member, f.last)
            INSERT INTO platform.member_event (member, position, event, type, at, told_at, subject, data)
            SELECT t.member, f.last - c.events + t.nth, t.event, t.type, t.at, $7, t.subject, t.data::jsonb
            FROM told t JOIN count c USING (member) JOIN feed f USING (member)
            """, cancellation, events.Select(e => e.Member).ToArray(), events.Select(e => e.Id).ToArray(), events.Select(e => e.Type).ToArray(),
            events.Select(e => e.At).ToArray(), events.Select(e => e.Subject).ToArray(), events.Select(e => e.Data).ToArray(), transaction.At);
    }

    private static MemberEvent? Event(OutboxRow row, FeedRule rule)
    {
        using var json = JsonDocument.Parse(row.Payload);
        var payload = json.RootElement;
        if (rule.OnlyWith is { } needed && !payload.TryGetProperty(needed, out _)) return null;
        if (Text(payload, rule.Addressee) is not { } member) return null;
        var data = rule.Data.Select(name => (name, payload.TryGetProperty(name, out var value) ? (object?)value : null)).ToArray();
        return new(row.Id, member, row.Type, row.At, rule.Subject is null ? null : Text(payload, rule.Subject), AuditJson.Of(data).Text);
    }

    private static string? Text(JsonElement payload, string name) => payload.TryGetProperty(name, out var value) ? value.GetString() : null;
}
