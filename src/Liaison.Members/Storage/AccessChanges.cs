using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Members.Storage;

/// <summary>Tells every node, by the change log, to forget what it remembers of callers.</summary>
internal static class AccessChanges
{
    /// <summary>In the change log.</summary>
    public const string Module = "members";

    /// <summary>With the transaction that changes what the account may do.</summary>
    /// <param name="transaction">To be committed as a change of <see cref="Module"/>.</param>
    /// <param name="account">Whose; null when it may be anybody's, as with an agreement, a unit or a member.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task ForgetAsync(WriteTransaction transaction, string? account, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO members.access_change (change_set, account) VALUES ($1, $2)", transaction.Connection)
        {
            Parameters = { new() { Value = transaction.ChangeSet }, new() { Value = (object?)account ?? DBNull.Value } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The accounts that the change sets are about; null when they are about all.</summary>
    public static async Task<IReadOnlySet<string>?> OfAsync(NpgsqlConnection connection, Guid[] changeSets, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT DISTINCT account FROM members.access_change WHERE change_set = ANY ($1)", connection)
        {
            Parameters = { new() { Value = changeSets } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var accounts = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            if (await reader.IsDBNullAsync(0, cancellation)) return null;
            accounts.Add(reader.GetString(0));
        }

        return accounts;
    }
}
