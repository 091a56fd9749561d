using Liaison.Members.Storage;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Members.OAuth;

/// <summary>
/// Ends what was signed in, and tells the nodes to forget the caller, in the transaction of whoever calls it, who also writes the audit
/// entry and commits as <see cref="AccessChanges.Module"/>.
/// </summary>
internal static class SignIns
{
    /// <summary>Every token of an account, and what new ones could be had by.</summary>
    public static async Task RevokeAllAsync(WriteTransaction transaction, string account, CancellationToken cancellation)
    {
        await RunAsync(transaction, account,
            """UPDATE members."OpenIddictTokens" SET "Status" = 'revoked' WHERE "Subject" = $1 AND "Status" <> 'revoked'""",
            """UPDATE members."OpenIddictAuthorizations" SET "Status" = 'revoked' WHERE "Subject" = $1 AND "Status" <> 'revoked'""", cancellation);
        await AccessChanges.ForgetAsync(transaction, account, cancellation);
    }

    /// <summary>The same of several accounts. The caller tells the nodes to forget them.</summary>
    public static Task RevokeAllOfAsync(WriteTransaction transaction, string[] accounts, CancellationToken cancellation) => RunAsync(transaction, accounts,
        """UPDATE members."OpenIddictTokens" SET "Status" = 'revoked' WHERE "Subject" = ANY ($1) AND "Status" <> 'revoked'""",
        """UPDATE members."OpenIddictAuthorizations" SET "Status" = 'revoked' WHERE "Subject" = ANY ($1) AND "Status" <> 'revoked'""", cancellation);

    /// <summary>A token, and all others that came of the same sign-in.</summary>
    /// <param name="transaction">To be committed by the caller.</param>
    /// <param name="account">Whose token it is.</param>
    /// <param name="token">Id of the token.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <returns>False when all of them were revoked before.</returns>
    public static async Task<bool> RevokeAsync(WriteTransaction transaction, string account, Guid token, CancellationToken cancellation)
    {
        const string SignIn = """SELECT "AuthorizationId" FROM members."OpenIddictTokens" WHERE "Id" = $1""";
        var changed = await RunAsync(transaction, token,
            $"""
            UPDATE members."OpenIddictTokens" SET "Status" = 'revoked'
            WHERE ("Id" = $1 OR "AuthorizationId" = ({SignIn})) AND "Status" <> 'revoked'
            """,
            $"""UPDATE members."OpenIddictAuthorizations" SET "Status" = 'revoked' WHERE "Id" = ({SignIn}) AND "Status" <> 'revoked'""", cancellation);
        await AccessChanges.ForgetAsync(transaction, account, cancellation);
        return changed > 0;
    }

    private static async Task<int> RunAsync(
        WriteTransaction transaction, object value, string tokens, string authorizations, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection)
        {
            BatchCommands =
            {
                new(tokens) { Parameters = { new() { Value = value } } }, new(authorizations) { Parameters = { new() { Value = value } } },
            },
        };
        return await batch.ExecuteNonQueryAsync(cancellation);
    }
}
