using Liaison.Api;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Wire = Liaison.Api.Hits;

namespace Liaison.Hits.Read;

/// <summary>How hits turned out. By member and reason: a member sees its own, the secretariat all.</summary>
internal sealed class ReadFigures(NpgsqlDataSource database, AuditWriter audit, TimeProvider clock)
{
    /// <summary>
    /// $1: the member, null for all. $3: audiences that leave it out: what the owner answered there is told it no more than the hit itself
    /// tells. The time to answer counts from the asker's hit; whoever joined what was answered already had no time to wait.
    /// </summary>
    private const string Figures = """
        WITH hit AS (
            SELECT CASE WHEN $2 = 'owner' THEN c.owner ELSE a.member END AS member,
                CASE WHEN $2 = 'owner' OR a.kind IN ('hit', 'possible') THEN a.reasons[1] ELSE a.kind END AS reason,
                CASE WHEN NOT kept THEN c.answer END AS answer, NOT kept AND c.answer IS NULL AND c.level = 'secretariat' AS unanswered, a.outcome,
                CASE WHEN NOT kept AND c.answered_at > a.at THEN extract(epoch FROM c.answered_at - a.at)::float8 END AS seconds
            FROM hits.asker a JOIN hits.hit_case c ON c.id = a.case_id CROSS JOIN LATERAL (SELECT coalesce(c.audience = ANY($3), false) AS kept) k
            WHERE $1::text IS NULL OR CASE WHEN $2 = 'owner' THEN c.owner ELSE a.member END = $1),
        outcomes AS (
            SELECT member, reason, array_agg(outcome ORDER BY outcome) AS outcomes, array_agg(count ORDER BY outcome) AS counts
            FROM (SELECT member, reason, outcome, count(*) FROM hit WHERE outcome IS NOT NULL GROUP BY 1, 2, 3) each
            GROUP BY 1, 2)
        SELECT h.member, h.reason, count(*), count(*) FILTER (WHERE answer = 'confirmed'), count(*) FILTER (WHERE answer = 'notConfirmed'),
            count(*) FILTER (WHERE unanswered), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds),
            coalesce(min(o.outcomes), '{}'), coalesce(min(o.counts), '{}')
        FROM hit h LEFT JOIN outcomes o ON o.member = h.member AND o.reason IS NOT DISTINCT FROM h.reason
        GROUP BY h.member, h.reason ORDER BY h.member, h.reason
        """;

    public async Task<IResult> HandleAsync(HttpContext http)
    {
        if (!RequestContext.Parse(http, HitEvents.FiguresRead).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var items = new List<Wire.HitFigure>();
        // A carrier is told to ask a desk, and not what became of it.
        if (act.Caller.MemberKind is not MemberKind.Carrier)
        {
            await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
            var member = HitView.LooksAfter(act.Caller) ? null : act.Caller.Member;
            string[] kept = member is null ? [] : await KeptAsync(connection, act.Caller, http.RequestAborted);
            foreach (var side in (string[])["owner", "asker"])
                items.AddRange(await connection.ReadAsync(Figures, r => Read(r, side), http.RequestAborted, member, side, side == "owner" ? [] : kept));
        }

        await audit.AppendAsync(act.Entry("done", clock.GetUtcNow()), [], http.RequestAborted);
        return Answers.Json(new(items), LiaisonJson.Default.HitFigures);
    }

    /// <summary>Whom the records that the caller's member asked for are for today, where that is not the caller.</summary>
    private static async Task<string[]> KeptAsync(NpgsqlConnection connection, Caller caller, CancellationToken cancellation)
    {
        var all = await connection.ReadAsync("""
            SELECT DISTINCT c.owner, c.audience FROM hits.asker a JOIN hits.hit_case c ON c.id = a.case_id WHERE a.member = $1 AND c.audience IS NOT NULL
            """, r => (Owner: r.GetString(0), Audience: r.GetString(1)), cancellation, caller.Member);
        return [.. all.Where(c => AccessDecision.Look(caller, c.Owner, Audience.Read(c.Audience), false) is Sight.Nothing).Select(c => c.Audience).Distinct()];
    }

    private static Wire.HitFigure Read(NpgsqlDataReader r, string side)
    {
        var (confirmed, not) = (r.GetInt64(3), r.GetInt64(4));
        return new()
        {
            Side = side, Member = r.GetString(0), Reason = r.Text(1), Hits = r.GetInt64(2), Confirmed = confirmed, NotConfirmed = not, Unanswered = r.GetInt64(5),
            Precision = confirmed + not == 0 ? null : (double)confirmed / (confirmed + not),
            MedianSeconds = r.IsDBNull(6) ? null : r.GetDouble(6), NinetiethSeconds = r.IsDBNull(7) ? null : r.GetDouble(7),
            Outcomes = r.GetFieldValue<string[]>(8).Zip(r.GetFieldValue<long[]>(9)).ToDictionary(o => o.First, o => o.Second),
        };
    }
}
