using Liaison.Platform.Access;
using Npgsql;

namespace Liaison.Members.OAuth;

/// <summary>Which accounts may be given a token now.</summary>
internal sealed class ActiveAccounts(NpgsqlDataSource database)
{
    public const string Person = "person", System = "system";

    /// <summary>
    /// The account, or null when there is none of this name and kind, it is not active, or its member is suspended. One whose unit lost its
    /// grant gets a token, with which it is told that it may do nothing.
    /// </summary>
    /// <returns>For the audit: what it may do is looked up when it does it.</returns>
    public async Task<Caller?> FindAsync(string account, string kind, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT a.member, a.default_purpose FROM members.account a JOIN members.member m ON m.code = a.member
            WHERE a.name = $1 AND a.kind = $2 AND a.state = 'active' AND m.suspended_at IS NULL
            """);
        return await ReadAsync(command, account, kind, cancellation);
    }

    /// <summary>The account whatever its state, to say in the audit whom a failed attempt named.</summary>
    public async Task<Caller?> NamedAsync(string account, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT member, default_purpose FROM members.account WHERE name = $1");
        return await ReadAsync(command, account, null, cancellation);
    }

    private static async Task<Caller?> ReadAsync(NpgsqlCommand command, string account, string? kind, CancellationToken cancellation)
    {
        command.Parameters.Add(new() { Value = account });
        if (kind is not null) command.Parameters.Add(new() { Value = kind });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new Caller(account, reader.GetString(0), new HashSet<string>(), reader.IsDBNull(1) ? null : reader.GetString(1))
            : null;
    }
}
