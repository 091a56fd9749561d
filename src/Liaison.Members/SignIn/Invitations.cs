using System.Buffers.Text;
using System.Security.Cryptography;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>
/// Links that let a person in once, to set up how it signs in from then on: the first time, or after everything was lost. Administration, the
/// demo and the first start make them.
/// </summary>
/// <remarks>Thread-safe. Whoever makes a link audits that it did.</remarks>
internal sealed class Invitations(NpgsqlDataSource database, TimeProvider clock)
{
    private const int TokenLength = 32;

    /// <summary>Makes a link; earlier ones of the account stop working.</summary>
    /// <param name="transaction">The change that it belongs to.</param>
    /// <param name="account">Name of a person's account, invited or active.</param>
    /// <param name="validFor">How long it works.</param>
    /// <param name="cancellation">Of the request.</param>
    /// <returns>Path and query of the link. It is a secret: shown once, never logged.</returns>
    public static async Task<string> MakeAsync(WriteTransaction transaction, string account, TimeSpan validFor, CancellationToken cancellation)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenLength));
        await using var batch = new NpgsqlBatch(transaction.Connection)
        {
            BatchCommands =
            {
                new("DELETE FROM members.invitation WHERE account = $1 AND used_at IS NULL") { Parameters = { new() { Value = account } } },
                new("INSERT INTO members.invitation (token_hash, account, made_at, until) VALUES ($1, $2, $3, $4)")
                {
                    Parameters =
                    {
                        new() { Value = SessionCookie.HashOf(token) }, new() { Value = account }, new() { Value = transaction.At },
                        new() { Value = transaction.At + validFor },
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
        return $"/enrol?token={token}";
    }

    /// <summary>Whom the link is for, or null when it does not work (any more).</summary>
    public async Task<SignInAccount?> FindAsync(string token, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT a.name, a.member, a.title, true, a.sign_in_epoch FROM members.invitation i
            JOIN members.account a ON a.name = i.account JOIN members.member m ON m.code = a.member
            WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.until > $2 AND a.kind = 'person' AND a.state IN ('invited', 'active')
                AND m.suspended_at IS NULL
            """);
        command.Parameters.Add(new() { Value = SessionCookie.HashOf(token) });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? SignInAccount.Of(reader) : null;
    }

    /// <summary>Uses the link up and makes the account active; false when somebody else was faster or it does not work any more.</summary>
    public static async Task<bool> UseAsync(WriteTransaction transaction, string token, string account, CancellationToken cancellation)
    {
        await using var use = new NpgsqlCommand("""
            WITH used AS (
                UPDATE members.invitation SET used_at = $2 WHERE token_hash = $1 AND account = $3 AND used_at IS NULL AND until > $2 RETURNING account)
            UPDATE members.account a SET state = 'active' FROM used
            WHERE a.name = used.account AND a.kind = 'person' AND a.state IN ('invited', 'active')
            """, transaction.Connection)
        {
            Parameters = { new() { Value = SessionCookie.HashOf(token) }, new() { Value = transaction.At }, new() { Value = account } },
        };
        return await use.ExecuteNonQueryAsync(cancellation) == 1;
    }
}
