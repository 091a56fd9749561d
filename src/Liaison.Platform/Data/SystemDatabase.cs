using Npgsql;

namespace Liaison.Platform.Data;

/// <summary>
/// Connections of the hub's own that requests cannot use up: for the audit writer, on which every answer waits, and for following the
/// change log. With one pool for all, requests that hold a connection while they wait for the audit would stop the audit.
/// </summary>
public sealed class SystemDatabase(string appConnectionString, NpgsqlDataSource requests) : IAsyncDisposable
{
    private const int Connections = 8;

    /// <summary>
    /// More would not make anything faster, and Npgsql's own 100 are all that a server takes by default: then neither the audit nor another
    /// node would get one.
    /// </summary>
    internal const int RequestConnections = 48;

    private const int NpgsqlsOwn = 100;

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);

    /// <summary>Statements that a connection keeps parsed: more than the hub has of those that come often.</summary>
    private const int Prepared = 64;

    /// <summary>
    /// The pool of the requests. Its connections are given back as they are, because no request leaves anything in a session: resetting one
    /// would cost as much as a small write. Who needs a session takes one from <see cref="OpenSessionAsync"/>.
    /// </summary>
    public static NpgsqlDataSource ForRequests(string appConnectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(appConnectionString) { MaxAutoPrepare = Prepared, NoResetOnClose = true };
        if (settings.MaxPoolSize == NpgsqlsOwn) settings.MaxPoolSize = RequestConnections;
        // Whoever waits longer for a row, as of an import that is being merged, is told so while somebody still listens.
        settings.Options = $"{settings.Options} -c lock_timeout={LockPatience.TotalMilliseconds:F0}".TrimStart();
        return new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "requests" }.Build();
    }

    /// <summary>
    /// For sessions that hold a lock: PostgreSQL itself asks whether the node is still there, and ends the session of one that was cut off, whose connection
    /// nobody closes. Without it the lock would be held for as long as the system's keep-alive takes, commonly two hours. Sessions over a socket ignore it.
    /// </summary>
    private const string EndsWhenCutOff = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3 -c tcp_user_timeout=15000";

    public NpgsqlDataSource Source { get; } =
        new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(appConnectionString) { MaxPoolSize = Connections }.ConnectionString)
        {
            // Else metrics would name it by its connection string.
            Name = "system",
        }.Build();

    /// <summary>
    /// A connection of one's own, with keep-alive: what a session holds (a lock, temporary tables, settings) ends with it.
    /// </summary>
    /// <param name="name">What PostgreSQL shows it as, after "liaison ".</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<NpgsqlConnection> OpenSessionAsync(string name, CancellationToken cancellation)
    {
        var settings = new NpgsqlConnectionStringBuilder(appConnectionString) { Pooling = false, KeepAlive = 5, ApplicationName = "liaison " + name };
        settings.Options = $"{settings.Options} {EndsWhenCutOff}".TrimStart();
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

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
