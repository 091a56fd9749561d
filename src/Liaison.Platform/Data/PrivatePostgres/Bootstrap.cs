using Npgsql;

namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>Roles and databases of a private cluster, made over the socket and safe to repeat after a crash at any point.</summary>
internal static class Bootstrap
{
    public const string Database = "liaison";
    public const string OwnerRole = "liaison_owner";
    public const string AppRole = "liaison_app";
    public const int Port = 5432;

    /// <summary>A connection string for a role; the socket's folder is the host.</summary>
    public static string Connection(string socketFolder, ClusterRole role, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = socketFolder,
        Port = Port,
        Database = database,
        Username = role switch
        {
            ClusterRole.Owner => OwnerRole,
            ClusterRole.App => AppRole,
            _ => "postgres",
        },
        ApplicationName = "liaison",
        // A socket needs no encryption, and asking for GSS costs a round trip and a library.
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
        MaxPoolSize = role == ClusterRole.App ? SystemDatabase.RequestConnections : 16,
        Pooling = role != ClusterRole.Admin,
        IncludeErrorDetail = false,
    }.ConnectionString;

    /// <summary>Makes what is missing of roles and the database; returns what PostgreSQL would not do.</summary>
    public static async Task<Trouble?> RunAsync(string socketFolder, string dataFolder, CancellationToken stop)
    {
        try
        {
            await using var admin = new NpgsqlConnection(Connection(socketFolder, ClusterRole.Admin, "postgres"));
            await admin.OpenAsync(stop);
            await MakeRoleAsync(admin, OwnerRole, stop);
            await MakeRoleAsync(admin, AppRole, stop);
            await DoAsync(admin, "REVOKE CONNECT, TEMPORARY ON DATABASE postgres FROM PUBLIC", stop);
            if (!await ThereAsync(admin, "SELECT 1 FROM pg_database WHERE datname = $1", Database, stop))
                await MakeDatabaseAsync(admin, Database, "template0", stop);
            await CloseAsync(admin, socketFolder, Database, stop);
            return null;
        }
        catch (NpgsqlException failed)
        {
            // An error's message may repeat a value, but nothing of these statements comes from a record.
            var reason = failed.Message.ReplaceLineEndings(" ");
            return new Trouble($"PostgreSQL of {dataFolder} runs but would not prepare its database ({reason}): "
                + "correct that and start again.");
        }
    }

    /// <summary>Makes a database owned by <see cref="OwnerRole"/>, to which only the two roles may connect.</summary>
    public static async Task CreateDatabaseAsync(string socketFolder, string name, string template, CancellationToken stop)
    {
        await using var admin = new NpgsqlConnection(Connection(socketFolder, ClusterRole.Admin, "postgres"));
        await admin.OpenAsync(stop);
        await MakeDatabaseAsync(admin, name, template, stop);
        await CloseAsync(admin, socketFolder, name, stop);
    }

    public static async Task DropDatabaseAsync(string socketFolder, string name, CancellationToken stop)
    {
        await using var admin = new NpgsqlConnection(Connection(socketFolder, ClusterRole.Admin, "postgres"));
        await admin.OpenAsync(stop);
        await DoAsync(admin, $"DROP DATABASE IF EXISTS {Quoted(name)} WITH (FORCE)", stop);
    }

    private static async Task MakeRoleAsync(NpgsqlConnection admin, string role, CancellationToken stop)
    {
        if (!await ThereAsync(admin, "SELECT 1 FROM pg_roles WHERE rolname = $1", role, stop))
            await DoAsync(admin, $"CREATE ROLE {role}", stop);
        await DoAsync(admin, $"ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS", stop);
    }

    /// <summary>Copied as files: page by page through the log it takes several times as long.</summary>
    private static Task MakeDatabaseAsync(NpgsqlConnection admin, string name, string template, CancellationToken stop) =>
        DoAsync(admin, $"CREATE DATABASE {Quoted(name)} OWNER {OwnerRole} TEMPLATE {Quoted(template)} STRATEGY FILE_COPY", stop);

    private static async Task CloseAsync(NpgsqlConnection admin, string socketFolder, string name, CancellationToken stop)
    {
        // A database's own grants are not copied from its template, hence for each; the schema public belongs to the database.
        await DoAsync(admin, $"REVOKE CONNECT, TEMPORARY ON DATABASE {Quoted(name)} FROM PUBLIC", stop);
        await DoAsync(admin, $"GRANT CONNECT, TEMPORARY ON DATABASE {Quoted(name)} TO {AppRole}", stop);
        await using var inside = new NpgsqlConnection(Connection(socketFolder, ClusterRole.Admin, name));
        await inside.OpenAsync(stop);
        await DoAsync(inside, "REVOKE ALL ON SCHEMA public FROM PUBLIC", stop);
    }

    private static async Task DoAsync(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static async Task<bool> ThereAsync(NpgsqlConnection connection, string sql, string name, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = name } } };
        return await command.ExecuteScalarAsync(stop) is not null;
    }

    private static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
