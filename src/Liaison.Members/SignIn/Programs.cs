using Liaison.Members.OAuth;
using Liaison.Members.SignIn.Pages;
using Liaison.Members.Storage;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>
/// Programs that a person let act for the account, as the command line: what OpenIddict calls authorizations. One of a device is made before
/// anybody knows for whom, so that only its tokens name the account.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Programs(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Those that can still get or use a token, the latest first.</summary>
    public async Task<IReadOnlyList<AccountPage.Program>> ListAsync(string account, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT a."Id", coalesce(p."DisplayName", p."ClientId", ''), a."CreationDate"
            FROM members."OpenIddictAuthorizations" a LEFT JOIN members."OpenIddictApplications" p ON p."Id" = a."ApplicationId"
            WHERE a."Status" = 'valid' AND a."Id" IN (SELECT t."AuthorizationId" FROM members."OpenIddictTokens" t
                WHERE t."Subject" = $1 AND t."Status" = 'valid' AND t."ExpirationDate" > $2)
            ORDER BY a."CreationDate" DESC
            """);
        command.Parameters.Add(new() { Value = account });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var programs = new List<AccountPage.Program>();
        while (await reader.ReadAsync(cancellation))
            programs.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2)));
        return programs;
    }

    /// <summary>Takes the account away from programs, within a change that is audited.</summary>
    /// <param name="transaction">The change.</param>
    /// <param name="account">Whose.</param>
    /// <param name="one">Only this one, or null for all.</param>
    /// <param name="cancellation">Of the request.</param>
    public static async Task EndAsync(WriteTransaction transaction, string account, Guid? one, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection)
        {
            BatchCommands =
            {
                Ending($"""
                    UPDATE members."OpenIddictAuthorizations" {SignIns.Revoked}
                    WHERE "Status" <> 'revoked' AND ($2::uuid IS NULL OR "Id" = $2)
                        AND "Id" IN (SELECT "AuthorizationId" FROM members."OpenIddictTokens" WHERE "Subject" = $1)
                    """),
                Ending($"""
                    UPDATE members."OpenIddictTokens" {SignIns.Revoked}
                    WHERE "Subject" = $1 AND "Status" <> 'revoked' AND ($2::uuid IS NULL OR "AuthorizationId" = $2)
                    """),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
        await AccessChanges.ForgetAsync(transaction, account, cancellation);

        NpgsqlBatchCommand Ending(string sql) => new(sql)
        {
            Parameters =
            {
                new() { Value = account }, new() { Value = (object?)one ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid },
            },
        };
    }
}
