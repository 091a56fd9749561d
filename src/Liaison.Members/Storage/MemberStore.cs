using System.Text.Json;
using Liaison.Api.Members;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Members.Storage;

/// <summary>Reads members, units, accounts and agreements as they go over the wire.</summary>
internal static class MemberStore
{
    private const string AccountColumns = "name, member, unit, kind, title, permissions, default_purpose, state, created_at, created_by, "
        + "(SELECT p.code FROM members.provider_subject s JOIN members.provider p ON p.id = s.provider WHERE s.account = account.name)";

    private const string AgreementColumns = "id, member, dataset, access, purposes, since, until, recorded_at, recorded_by, ended_at";

    private const string UnitColumns = "name, member, title, kind, permissions, purposes, granted_at, granted_by, withdrawn_at";

    public static async Task<List<Member>> MembersAsync(NpgsqlConnection connection, string? code, CancellationToken cancellation)
    {
        var desks = await connection.ReadAsync("""
            SELECT member, urgency, name, contact, languages, time_zone, hours, on_call, holidays FROM members.desk ORDER BY member, urgency
            """, r => (Member: r.GetString(0), Desk: new Desk
        {
            Urgency = r.GetString(1), Name = r.GetString(2), Contact = r.GetString(3), Languages = r.Texts(4), TimeZone = r.GetString(5),
            Hours = r.GetString(6), OnCall = r.Text(7), Holidays = r.Texts(8) is { Length: > 0 } days ? days : null,
        }), cancellation);
        var byMember = desks.ToLookup(d => d.Member, d => d.Desk, StringComparer.Ordinal);
        return await connection.ReadAsync("""
            SELECT code, kind, name, admitted_at, suspended_at FROM members.member WHERE $1::text IS NULL OR code = $1 ORDER BY code
            """, r => new Member
        {
            Code = r.GetString(0), Kind = r.GetString(1), Name = r.GetString(2), AdmittedAt = r.GetFieldValue<DateTimeOffset>(3),
            SuspendedAt = r.MomentOrNone(4), Groups = MemberGroups.Of(r.GetString(0)), Desks = [.. byMember[r.GetString(0)]],
        }, cancellation, code);
    }

    public static async Task<Account?> AccountAsync(NpgsqlConnection connection, string name, CancellationToken cancellation) =>
        (await connection.ReadAsync($"SELECT {AccountColumns} FROM members.account WHERE name = $1 FOR UPDATE", Account, cancellation, name))
        .SingleOrDefault();

    /// <param name="connection">Any.</param>
    /// <param name="member">Whose; null for all.</param>
    /// <param name="cancellation">Of the request.</param>
    public static Task<List<Account>> AccountsAsync(NpgsqlConnection connection, string? member, CancellationToken cancellation) =>
        connection.ReadAsync($"SELECT {AccountColumns} FROM members.account WHERE $1::text IS NULL OR member = $1 ORDER BY member, name",
            Account, cancellation, member);

    public static async Task<Unit?> UnitAsync(NpgsqlConnection connection, string name, CancellationToken cancellation) =>
        (await connection.ReadAsync($"SELECT {UnitColumns} FROM members.unit WHERE name = $1 FOR UPDATE", Unit, cancellation, name))
        .SingleOrDefault();

    /// <param name="connection">Any.</param>
    /// <param name="member">Whose; null for all.</param>
    /// <param name="cancellation">Of the request.</param>
    public static Task<List<Unit>> UnitsAsync(NpgsqlConnection connection, string? member, CancellationToken cancellation) =>
        connection.ReadAsync($"SELECT {UnitColumns} FROM members.unit WHERE $1::text IS NULL OR member = $1 ORDER BY name", Unit, cancellation, member);

    public static async Task<Agreement?> AgreementAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellation) =>
        (await connection.ReadAsync($"SELECT {AgreementColumns} FROM members.agreement WHERE id = $1 FOR UPDATE", Agreement, cancellation, id))
        .SingleOrDefault();

    /// <param name="connection">Any.</param>
    /// <param name="member">Whose; null for all.</param>
    /// <param name="cancellation">Of the request.</param>
    public static Task<List<Agreement>> AgreementsAsync(NpgsqlConnection connection, string? member, CancellationToken cancellation) =>
        connection.ReadAsync($"SELECT {AgreementColumns} FROM members.agreement WHERE $1::text IS NULL OR member = $1 ORDER BY member, id",
            Agreement, cancellation, member);

    public static Approval Approval(NpgsqlDataReader r)
    {
        using var body = JsonDocument.Parse(r.GetString(2));
        return new()
        {
            Id = r.GetGuid(0), Act = r.GetString(1), Body = body.RootElement.Clone(), AskedBy = r.GetString(3),
            AskedAt = r.GetFieldValue<DateTimeOffset>(4), Until = r.GetFieldValue<DateTimeOffset>(5), DecidedBy = r.Text(6),
            DecidedAt = r.MomentOrNone(7), Decision = r.Text(8),
        };
    }

    private static Account Account(NpgsqlDataReader r) => new()
    {
        Name = r.GetString(0), Member = r.GetString(1), Unit = r.Text(2), Kind = r.GetString(3), Title = r.GetString(4), Permissions = r.Texts(5),
        DefaultPurpose = r.Text(6), State = r.GetString(7), CreatedAt = r.GetFieldValue<DateTimeOffset>(8), CreatedBy = r.GetString(9), Provider = r.Text(10),
    };

    private static Unit Unit(NpgsqlDataReader r) => new()
    {
        Name = r.GetString(0), Member = r.GetString(1), Title = r.GetString(2), Kind = r.GetString(3), Permissions = r.Texts(4), Purposes = r.IsDBNull(5) ? null : r.Texts(5),
        GrantedAt = r.GetFieldValue<DateTimeOffset>(6), GrantedBy = r.GetString(7), WithdrawnAt = r.MomentOrNone(8),
    };

    private static Agreement Agreement(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(0), Member = r.GetString(1), Dataset = r.GetString(2), Access = r.GetString(3), Purposes = r.Texts(4),
        Since = r.GetFieldValue<DateTimeOffset>(5), Until = r.MomentOrNone(6), RecordedAt = r.GetFieldValue<DateTimeOffset>(7),
        RecordedBy = r.GetString(8), EndedAt = r.MomentOrNone(9),
    };
}
