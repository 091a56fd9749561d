using Liaison.Platform.Jobs;
using Npgsql;

namespace Liaison.Members.OAuth;

/// <summary>What the OAuth server keeps no longer than it needs.</summary>
internal static class Retention
{
    /// <summary>A node whose clock is behind still finds what it looks for.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    /// <summary>
    /// Forgets assertions that have expired anyway, tokens that have, and sign-ins without a token. A redeemed or revoked token stays until it
    /// expires: only so is it noticed when it comes again.
    /// </summary>
    public static Job Of(TimeProvider clock) => new("signInRetention", TimeSpan.FromMinutes(10), async (connection, cancellation) =>
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                At("DELETE FROM members.used_assertion WHERE until < $1", clock.GetUtcNow()),
                At("""DELETE FROM members."OpenIddictTokens" WHERE "ExpirationDate" < $1""", clock.GetUtcNow() - Margin),
                At("""
                    DELETE FROM members."OpenIddictAuthorizations" z WHERE "CreationDate" < $1
                        AND NOT EXISTS (SELECT FROM members."OpenIddictTokens" t WHERE t."AuthorizationId" = z."Id")
                    """, clock.GetUtcNow() - Margin),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
    });

    private static NpgsqlBatchCommand At(string sql, DateTimeOffset moment) => new(sql) { Parameters = { new() { Value = moment } } };
}
