using Npgsql;

namespace Liaison.Platform.Data;

/// <summary>
/// Connections of the hub's own that requests cannot use up: for the audit writer, on which every answer waits, and for following the
/// change log. With one pool for all, requests that hold a connection while they wait for the audit would stop the audit.
/// </summary>
public sealed class SystemDatabase(string appConnectionString) : IAsyncDisposable
{
    private const int Connections = 8;

    public NpgsqlDataSource Source { get; } =
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(appConnectionString) { MaxPoolSize = Connections }.ConnectionString);

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
