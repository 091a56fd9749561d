using Liaison.Members.Storage;
using Liaison.Members.Tokens;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Members.Demo;

/// <summary>A member that takes part in the travel documents, for Development.</summary>
internal sealed record SeedMember(string Code, string Kind, string Name)
{
    public string[] Access { get; init; } = ["search", "contribute"];

    /// <summary>Those above first; each may do everything.</summary>
    public string[] Units { get; init; } = [];

    public string[] Purposes { get; init; } = [.. Platform.Codes.Purposes.List.Codes];
}

/// <summary>A system account with a token that is known beforehand, for Development.</summary>
internal sealed record SeedAccount(string Name, string Member, string[] Permissions, string? Purpose, string Token)
{
    public string? Unit { get; init; }

    public TimeSpan TokenLasts { get; init; } = TimeSpan.FromDays(30);
}

/// <summary>
/// Members, accounts and tokens for a development hub, in one audited change. What is there already stays as it is, but for the end of the
/// tokens, which moves on.
/// </summary>
internal static class Seed
{
    private static readonly Caller System = new("demo-load", "UTO", new HashSet<string>(), "training");

    public static async Task RunAsync(NpgsqlDataSource database, IReadOnlyList<SeedMember> members, IReadOnlyList<SeedAccount> accounts,
        TimeProvider clock, CancellationToken cancellation)
    {
        await using var transaction = await WriteTransaction.BeginAsync(database, clock, cancellation);
        await InsertAsync(transaction.Connection, members, accounts, transaction.At, cancellation);
        await AccessChanges.ForgetAsync(transaction, null, cancellation);
        transaction.Add(AuditEntry.Of(System, MemberEvents.DemoLoaded, "done", transaction.At) with
        {
            Asked = AuditJson.Of(("members", members.Select(m => m.Code)), ("accounts", accounts.Select(a => a.Name))).Text,
        });
        await transaction.CommitAsync(AccessChanges.Module, cancellation);
    }

    /// <summary>True when synthetic accounts may act in this database: their tokens lie in a file, and some of them administer.</summary>
    public static async Task<bool> IsThereAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await connection.ReadAsync("SELECT 1 FROM members.account WHERE created_by = $1 AND state = 'active' LIMIT 1", r => r.GetInt32(0),
            cancellation, System.Account)).Count > 0;
    }

    /// <summary>The rows alone, before anything runs on the database.</summary>
    public static async Task InsertAsync(NpgsqlConnection connection, IReadOnlyList<SeedMember> members, IReadOnlyList<SeedAccount> accounts,
        DateTimeOffset at, CancellationToken cancellation)
    {
        foreach (var member in members) await MemberAsync(connection, member, at, cancellation);
        foreach (var account in accounts) await AccountAsync(connection, account, at, cancellation);
    }

    private static async Task MemberAsync(NpgsqlConnection connection, SeedMember member, DateTimeOffset at, CancellationToken cancellation)
    {
        const string New = "INSERT INTO members.member (code, kind, name, admitted_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        if (await connection.DoAsync(New, cancellation, member.Code, member.Kind, member.Name, at) == 0) return;
        foreach (var unit in member.Units) await UnitAsync(connection, member, unit, at, cancellation);
        foreach (var access in member.Access)
        {
            await connection.DoAsync("""
                INSERT INTO members.agreement (id, member, dataset, access, purposes, since, recorded_at, recorded_by)
                VALUES ($1, $2, 'travelDocuments', $3, $4, $5, $5, $6)
                """, cancellation, Guid.CreateVersion7(at), member.Code, access, member.Purposes, at, System.Account);
        }
    }

    private static async Task UnitAsync(NpgsqlConnection connection, SeedMember member, string unit, DateTimeOffset at, CancellationToken cancellation)
    {
        await connection.DoAsync("""
            INSERT INTO members.unit (name, member, title, kind, permissions, purposes, granted_at, granted_by)
            VALUES ($1, $2, $1, 'borderPost', $3, NULL, $4, $5) ON CONFLICT DO NOTHING
            """, cancellation, unit, member.Code, DemoAccounts.Everything, at, System.Account);
    }

    private static async Task AccountAsync(NpgsqlConnection connection, SeedAccount account, DateTimeOffset at, CancellationToken cancellation)
    {
        await connection.DoAsync("""
            INSERT INTO members.account (name, member, unit, kind, title, permissions, default_purpose, state, created_at, created_by)
            VALUES ($1, $2, $3, 'system', 'Synthetic account for trials', $4, $5, 'active', $6, $7) ON CONFLICT DO NOTHING
            """, cancellation, account.Name, account.Member, account.Unit, account.Permissions,
            account.Purpose, at, System.Account);
        await connection.DoAsync("""
            INSERT INTO members."OpenIddictTokens" ("Id", "Subject", "Type", "Status", "ReferenceId", "CreationDate", "ExpirationDate")
            VALUES ($1, $2, $3, 'valid', $4, $5, $6) ON CONFLICT ("ReferenceId") DO UPDATE SET "ExpirationDate" = excluded."ExpirationDate"
            """, cancellation, Guid.CreateVersion7(at), account.Name, AccountStore.AccessToken,
            TokenHash.Of(account.Token).ToString(), at, at + account.TokenLasts);
    }
}
