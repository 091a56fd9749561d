using Liaison.Hits.Domain;
using Npgsql;

namespace Liaison.Hits.Storage;

/// <summary>Rows to be written together, in one message to the server.</summary>
/// <remarks>Not thread-safe: it belongs to one transaction.</remarks>
internal sealed class HitWrites(NpgsqlConnection connection)
{
    private readonly List<NpgsqlBatchCommand> commands = [];

    public void Insert(HitCase file) => Add("""
        INSERT INTO hits.hit_case (id, version, record, owner, state, priority, level, opened_at, remind_at, due_at, lapse_at, next_at, audience, sealed,
            shared)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """, file.Id, file.Version, file.Record, file.Owner, file.State.Code(), file.Priority, file.Level.Code(), file.OpenedAt,
        file.Deadlines.RemindAt, file.Deadlines.DueAt, file.Deadlines.LapseAt, file.NextAt, file.Audience?.ToString(), file.IsSealed, file.IsShared);

    public void Update(HitCase file) => Add("""
        UPDATE hits.hit_case SET version = $2, state = $3, priority = $4, level = $5, remind_at = $6, due_at = $7, lapse_at = $8, next_at = $9, reminded = $10,
            answer = $11, answered_at = $12, settled_at = $13, closed_at = $14, audience = $15, sealed = $16
        WHERE id = $1
        """, file.Id, file.Version, file.State.Code(), file.Priority, file.Level.Code(), file.Deadlines.RemindAt, file.Deadlines.DueAt,
        file.Deadlines.LapseAt, file.NextAt, file.Reminded, file.Answer?.Code(), file.AnsweredAt, file.SettledAt, file.ClosedAt, file.Audience?.ToString(),
        file.IsSealed);

    public void Insert(HitAsker asker) => Add("""
        INSERT INTO hits.asker (hit, case_id, version, member, account, unit, kind, search, line, reasons, place, priority, at, due_at, asked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """, asker.Hit.Id, asker.Case, asker.Version, asker.Hit.Asker, asker.Hit.Account, asker.Hit.Unit, asker.Hit.Kind.Code(), asker.Hit.Search,
        asker.Hit.Line, asker.Hit.Reasons, asker.Hit.Place, asker.Priority, asker.Hit.At, asker.DueAt, asker.Hit.AskedAt);

    public void Update(HitAsker asker) => Add("""
        UPDATE hits.asker SET version = $2, outcome = $3, note = $4, outcome_at = $5, told_at = $6 WHERE hit = $1
        """, asker.Hit.Id, asker.Version, asker.Outcome, asker.Note, asker.OutcomeAt, asker.ToldAt);

    /// <summary>The case and those of its askers that changed.</summary>
    public void Update(HitFile from, HitFile to)
    {
        Update(to.Case);
        foreach (var asker in to.Askers.Except(from.Askers)) Update(asker);
    }

    public void Insert(Guid file, HitEntry entry) => Add("""
        INSERT INTO hits.event (case_id, sequence, at, act, state, member, account, hit, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """, file, entry.Sequence, entry.At, entry.Act, entry.State.Code(), entry.Member, entry.Account, entry.Hit, entry.Note);

    public async Task RunAsync(CancellationToken cancellation)
    {
        if (commands.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands) batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private void Add(string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        commands.Add(command);
    }
}
