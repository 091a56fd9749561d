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
    /// <summary>With another mark of its version, so that OpenIddict, when it read the row before, does not write it back.</summary>
    public const string Revoked = """SET "Status" = 'revoked', "ConcurrencyToken" = gen_random_uuid()::text""";

    /// <summary>Every token of an account, and what new ones could be had by.</summary>
    public static async Task RevokeAllAsync(WriteTransaction transaction, string account, CancellationToken cancellation)
    {
        await RevokeAllOfAsync(transaction, [account], cancellation);
        await AccessChanges.ForgetAsync(transaction, account, cancellation);
    }

    /// <summary>The same of several accounts. The caller tells the nodes to forget them.</summary>
    /// <remarks>
    /// What a device was let in by names no account, only its tokens do. It must end with them: a token that is being made from another at this
    /// moment is written afterwards, and is worth nothing by that alone.
    /// </remarks>
    public static Task RevokeAllOfAsync(WriteTransaction transaction, string[] accounts, CancellationToken cancellation) => RunAsync(transaction, accounts,
        $"""UPDATE members."OpenIddictTokens" {Revoked} WHERE "Subject" = ANY ($1) AND "Status" <> 'revoked'""",
        $"""
        UPDATE members."OpenIddictAuthorizations" {Revoked} WHERE "Status" <> 'revoked'
            AND ("Subject" = ANY ($1) OR "Id" IN (SELECT "AuthorizationId" FROM members."OpenIddictTokens" WHERE "Subject" = ANY ($1)))
        """, cancellation);

    /// <summary>A token, and all others that came of the same sign-in; OpenIddict, which was asked for it, goes on with the rows afterwards.</summary>
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
