using Liaison.Platform.Data.Backups;
using Npgsql;

namespace ApiTests.Operation;

/// <summary>Every table of a database as one text of all its rows, so that two databases can be told apart.</summary>
internal static class DatabaseDigest
{
    /// <summary>By table; the identity without the history, which a restore changes, and without the order in which rows lie.</summary>
    public static async Task<Dictionary<string, string>> OfAsync(string ownerConnectionString)
    {
        await using var connection = await BackupConnection.OpenAsync(ownerConnectionString, CancellationToken.None);
        var shape = await DatabaseShape.ReadAsync(connection, CancellationToken.None);
        var digest = new Dictionary<string, string>();
        foreach (var table in shape.Tables)
        {
            var row = table.Name == "identity" ? "to_jsonb(t) - 'history'" : "to_jsonb(t)";
            await using var command = new NpgsqlCommand(
                $"SELECT count(*) || ' ' || coalesce(md5(string_agg(({row})::text, E'\\n' ORDER BY ({row})::text)), '') FROM {table.Sql} t", connection);
            digest[table.File] = (string)(await command.ExecuteScalarAsync())!;
        }

        return digest;
    }

    public static async Task<T> ScalarAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
