using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Members.OAuth;

/// <summary>
/// Ends what was signed in. Each of them tells the nodes to forget the caller, in the transaction of whoever calls it, who also writes the
/// audit entry and commits as "members".
/// </summary>
internal static class SignIns
{
    /// <summary>Every token of an account, and what new ones could be had by.</summary>
    public static async Task RevokeAllAsync(WriteTransaction transaction, string account, CancellationToken cancellation)
    {
        await using var revoke = new NpgsqlBatch(transaction.Connection)
        {
            BatchCommands =
            {
                Of("""UPDATE members."OpenIddictTokens" SET "Status" = 'revoked' WHERE "Subject" = $1 AND "Status" <> 'revoked'""", account),
                Of("""UPDATE members."OpenIddictAuthorizations" SET "Status" = 'revoked' WHERE "Subject" = $1 AND "Status" <> 'revoked'""", account),
            },
        };
        await revoke.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlBatchCommand Of(string sql, object value) => new(sql) { Parameters = { new() { Value = value } } };
}
