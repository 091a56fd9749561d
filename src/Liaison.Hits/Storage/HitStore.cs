using System.Data;
using Liaison.Hits.Domain;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Hits.Storage;

/// <summary>One who asked, with whom the record of its case is for.</summary>
internal sealed record FedAsker(Guid Case, Guid Hit, string Member, string Account)
{
    public required string Owner { get; init; }
    public required Audience? Audience { get; init; }
    public required bool IsSealed { get; init; }
}

/// <summary>Reads cases.</summary>
internal static class HitStore
{
    /// <summary>For reads: a case, its askers and its events by several statements. Of two moments, a version would tell of a state that is not its own.</summary>
    public const IsolationLevel OfOneMoment = IsolationLevel.RepeatableRead;

    private const long OpeningLock = 0x4C49_4149_0008;

    private const string CaseColumns = """
        id, version, record, owner, state, priority, level, opened_at, remind_at, due_at, lapse_at, reminded, answer, answered_at, settled_at, closed_at,
        audience, sealed, shared
        """;

    private const string AskerColumns = """
        hit, case_id, version, member, account, unit, kind, search, line, reasons, place, priority, at, due_at, outcome, note, outcome_at, told_at,
        asked_at
        """;

    /// <summary>
    /// Waits for whoever opens cases, or takes up that records ended or are for others now, to the end of the transaction: two open no two cases of one record,
    /// and none is opened on what was true before. One lock for all: the outbox is read by one node, and only people ask besides.
    /// </summary>
    public static async Task LockOpeningAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        await connection.ReadAsync($"SELECT pg_advisory_xact_lock({OpeningLock})", _ => true, cancellation);

    /// <summary>Cases on the records that others may join (<see cref="HitRules.TakesOthers"/>), locked; the youngest of a record last.</summary>
    public static Task<List<HitCase>> JoinableAsync(
        NpgsqlConnection connection, Guid[] records, DateTimeOffset openedAfter, CancellationToken cancellation) => connection.ReadAsync($"""
        SELECT {CaseColumns} FROM hits.hit_case WHERE record = ANY($1) AND shared AND (state = 'confirmed' OR next_at IS NOT NULL) AND opened_at > $2
        ORDER BY opened_at, id FOR UPDATE
        """, Case, cancellation, records, openedAfter);

    /// <summary>The case of this id, or the one that the hit of this id is in.</summary>
    /// <param name="lockIt">For a change; it is locked to the end of the transaction.</param>
    public static async Task<HitFile?> FindAsync(NpgsqlConnection connection, Guid id, bool lockIt, CancellationToken cancellation)
    {
        var found = await connection.ReadAsync($"""
            SELECT {CaseColumns} FROM hits.hit_case WHERE id = $1 OR id = (SELECT case_id FROM hits.asker WHERE hit = $1) {(lockIt ? "FOR UPDATE" : "")}
            """, Case, cancellation, id);
        return found is [var file] ? (await WithAskersAsync(connection, [file], cancellation))[0] : null;
    }

    /// <summary>Cases on the records, closed ones too, locked.</summary>
    public static async Task<List<HitFile>> OnRecordsAsync(NpgsqlConnection connection, Guid[] records, CancellationToken cancellation) =>
        await WithAskersAsync(connection, await connection.ReadAsync(
            $"SELECT {CaseColumns} FROM hits.hit_case WHERE record = ANY($1) ORDER BY id FOR UPDATE", Case, cancellation, records), cancellation);

    /// <summary>Cases whose clock has a step to do, the longest overdue first, locked.</summary>
    public static async Task<List<HitFile>> DueAsync(NpgsqlConnection connection, DateTimeOffset now, int most, CancellationToken cancellation) =>
        await WithAskersAsync(connection, await connection.ReadAsync($"""
            SELECT {CaseColumns} FROM hits.hit_case WHERE next_at <= $1 ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED
            """, Case, cancellation, now, most), cancellation);

    /// <summary>Cases in which nothing was waited for but outcomes since then, locked.</summary>
    public static async Task<List<HitFile>> SettledAsync(NpgsqlConnection connection, DateTimeOffset before, int most, CancellationToken cancellation) =>
        await WithAskersAsync(connection, await connection.ReadAsync($"""
            SELECT {CaseColumns} FROM hits.hit_case WHERE settled_at < $1 AND closed_at IS NULL ORDER BY settled_at LIMIT $2 FOR UPDATE SKIP LOCKED
            """, Case, cancellation, before, most), cancellation);

    /// <summary>What happened in a case, in order.</summary>
    public static Task<List<HitEntry>> EntriesAsync(NpgsqlConnection connection, Guid file, CancellationToken cancellation) => connection.ReadAsync("""
        SELECT sequence, at, act, state, member, account, hit, note FROM hits.event WHERE case_id = $1 ORDER BY sequence
        """, r => new HitEntry(r.GetInt32(0), r.Moment(1), r.GetString(2), HitCodes.Read<HitState>(r.GetString(3))!.Value, r.GetString(4), r.GetString(5),
        r.IsDBNull(6) ? null : r.GetGuid(6), r.Text(7)), cancellation, file);

    /// <summary>A member's hits, newest first: those it asked for, and those on its records.</summary>
    /// <param name="connection">Any.</param>
    /// <param name="member">Whose.</param>
    /// <param name="isSecretariat">Those that lie with the secretariat too.</param>
    /// <param name="before">Ids before this one; null for the newest.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancellation">Of the request.</param>
    /// <returns>With the id under which the member knows each.</returns>
    public static async Task<List<(Guid Id, HitFile File)>> ListAsync(NpgsqlConnection connection, string member, bool isSecretariat, Guid? before, int most,
        CancellationToken cancellation)
    {
        var ids = await connection.ReadAsync("""
            SELECT id, case_id FROM (
                (SELECT id, id AS case_id FROM hits.hit_case WHERE owner = $1 AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4)
                UNION
                (SELECT id, id FROM hits.hit_case WHERE $2 AND level = 'secretariat' AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4)
                UNION
                (SELECT hit, case_id FROM hits.asker WHERE member = $1 AND ($3::uuid IS NULL OR hit < $3) ORDER BY hit DESC LIMIT $4)) own
            ORDER BY id DESC LIMIT $4
            """, r => (Id: r.GetGuid(0), Case: r.GetGuid(1)), cancellation, member, isSecretariat, before, most);
        var cases = await connection.ReadAsync($"SELECT {CaseColumns} FROM hits.hit_case WHERE id = ANY($1)", Case, cancellation,
            (object)ids.Select(i => i.Case).Distinct().ToArray());
        var files = (await WithAskersAsync(connection, cases, cancellation)).ToDictionary(f => f.Case.Id);
        return [.. ids.Where(i => files.ContainsKey(i.Case)).Select(i => (i.Id, files[i.Case]))];
    }

    /// <summary>Who asked, of each of the cases, and of each of the hits.</summary>
    public static Task<List<FedAsker>> AskersAsync(NpgsqlConnection connection, Guid[] cases, Guid[] hits, CancellationToken cancellation) =>
        connection.ReadAsync("""
            SELECT a.case_id, a.hit, a.member, a.account, c.owner, c.audience, c.sealed FROM hits.asker a JOIN hits.hit_case c ON c.id = a.case_id
            WHERE a.case_id = ANY($1) OR a.hit = ANY($2) ORDER BY a.hit
            """, r => new FedAsker(r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetString(3))
        {
            Owner = r.GetString(4), Audience = Audience.Read(r.Text(5)), IsSealed = r.GetBoolean(6),
        }, cancellation, cases, hits);

    private static async Task<List<HitFile>> WithAskersAsync(NpgsqlConnection connection, List<HitCase> cases, CancellationToken cancellation)
    {
        if (cases.Count == 0) return [];
        var byId = cases.ToDictionary(c => c.Id);
        var askers = await connection.ReadAsync($"SELECT {AskerColumns} FROM hits.asker WHERE case_id = ANY($1) ORDER BY hit", r => Asker(r, byId), cancellation,
            (object)byId.Keys.ToArray());
        var byCase = askers.ToLookup(a => a.Case);
        return [.. cases.Select(c => new HitFile(c, [.. byCase[c.Id]]))];
    }

    private static HitCase Case(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(0), Version = r.GetInt32(1), Record = r.GetGuid(2), Owner = r.GetString(3),
        State = HitCodes.Read<HitState>(r.GetString(4))!.Value, Priority = r.GetString(5), Level = HitCodes.Read<HitLevel>(r.GetString(6))!.Value,
        OpenedAt = r.Moment(7), Deadlines = new(r.Moment(8), r.Moment(9), r.Moment(10)), Reminded = r.GetBoolean(11),
        Answer = HitCodes.Read<HitState>(r.Text(12)), AnsweredAt = r.MomentOrNone(13), SettledAt = r.MomentOrNone(14), ClosedAt = r.MomentOrNone(15),
        Audience = Audience.Read(r.Text(16)), IsSealed = r.GetBoolean(17), IsShared = r.GetBoolean(18),
    };

    private static HitAsker Asker(NpgsqlDataReader r, Dictionary<Guid, HitCase> cases)
    {
        var file = cases[r.GetGuid(1)];
        return new()
        {
            Hit = new(r.GetGuid(0), file.Record, file.Owner, r.GetString(3), HitCodes.Read<HitKind>(r.GetString(6))!.Value, r.Moment(12))
            {
                Account = r.GetString(4), Unit = r.Text(5), Search = r.GetGuid(7), Line = r.IsDBNull(8) ? null : r.GetInt64(8),
                Reasons = r.GetFieldValue<string[]>(9), Place = r.Text(10), Priority = r.GetString(11), AskedAt = r.MomentOrNone(18),
            },
            Case = file.Id, Version = r.GetInt32(2), Priority = r.GetString(11), DueAt = r.Moment(13), Outcome = r.Text(14), Note = r.Text(15),
            OutcomeAt = r.MomentOrNone(16), ToldAt = r.MomentOrNone(17),
        };
    }
}
