using Liaison.Platform.Data;
using Liaison.Platform.Telemetry;
using Npgsql;

namespace Liaison.Hits.Jobs;

/// <summary>How many cases wait, and how far leads are behind, on the node that runs the jobs.</summary>
internal sealed class HitGauges
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(30), Fresh = TimeSpan.FromMinutes(2);

    private readonly TimeProvider clock;
    private Seen? seen;

    public HitGauges(HubMetrics metrics, TimeProvider clock)
    {
        this.clock = clock;
        metrics.Observe("liaison.hits.open", "{case}", "Hits whose owners have not answered", () => Of(s => s.Open));
        metrics.Observe("liaison.hits.overdue", "{case}", "Hits whose answer is due, and those that were left unanswered", () => Of(s => s.Overdue));
        metrics.Observe("liaison.hits.late.behind", "{change_set}", "Change sets that were not yet held against the searches of the past", () => Of(s => s.Behind));
    }

    public async Task LookAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellation)
    {
        if (seen is { } before && now - before.At < Pace) return;
        var (open, overdue) = (await connection.ReadAsync("""
            SELECT count(*), count(*) FILTER (WHERE due_at <= $1) FROM hits.hit_case WHERE state IN ('open', 'acknowledged', 'unanswered')
            """, r => (r.GetInt64(0), r.GetInt64(1)), cancellation, now))[0];
        var reached = (await connection.ReadAsync("SELECT min(position) FROM hits.lead_progress", r => r.IsDBNull(0) ? default(long?) : r.GetInt64(0), cancellation))[0];
        seen = new(now, open, overdue, reached is { } position ? Math.Max(0, await ChangeLog.LastAsync(connection, cancellation) - position) : 0);
    }

    /// <summary>Nothing on a node that does not run the jobs, or no longer.</summary>
    private System.Diagnostics.Metrics.Measurement<long>[] Of(Func<Seen, long> value) =>
        seen is { } last && clock.GetUtcNow() - last.At < Fresh ? [new(value(last))] : [];

    private sealed record Seen(DateTimeOffset At, long Open, long Overdue, long Behind);
}
