using Npgsql;

namespace Liaison.Platform.Data;

/// <summary>
/// Connections of the hub's own that requests cannot use up: for the audit writer, on which every answer waits, and for following the
/// change log. With one pool for all, requests that hold a connection while they wait for the audit would stop the audit.
/// </summary>
public sealed class SystemDatabase(string appConnectionString, NpgsqlDataSource requests) : IAsyncDisposable
{
    private const int Connections = 8;

    public NpgsqlDataSource Source { get; } =
        new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(appConnectionString) { MaxPoolSize = Connections }.ConnectionString)
        {
            // Else metrics would name it by its connection string.
            Name = "system",
        }.Build();

    /// <summary>
    /// Closes every idle connection, the requests' too: after a restart of PostgreSQL each of them leads to a dead server and would fail
    /// one request. Whoever meets a broken connection calls it.
    /// </summary>
    public void ForgetIdleConnections()
    {
        Source.Clear();
        requests.Clear();
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
