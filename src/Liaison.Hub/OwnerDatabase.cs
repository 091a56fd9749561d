using Liaison.Platform.Data.Backups;
using Liaison.Platform.Data.PrivatePostgres;

namespace Liaison.Hub;

/// <summary>The database that a verb works on as its owner: the one of LIAISON_OWNER_DATABASE, or the private one of a data folder.</summary>
internal sealed class OwnerDatabase : IAsyncDisposable
{
    private readonly PrivateCluster? started;

    private OwnerDatabase(string connectionString, PrivateCluster? started)
    {
        ConnectionString = connectionString;
        this.started = started;
    }

    public string ConnectionString { get; }

    /// <summary>Beside the hub that runs on the folder, or else with the folder's PostgreSQL started for the while.</summary>
    /// <param name="dataFolder">Looked at without the variable only.</param>
    /// <param name="make">Whether a folder without a cluster gets one.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="BackupRefusedException">There is none; the message says what to do.</exception>
    public static async Task<OwnerDatabase> OpenAsync(string dataFolder, bool make, CancellationToken cancellation)
    {
        if (HubEnvironment.OwnerDatabase is { } external) return new(external, null);
        if (!make && !RunningCluster.IsThere(dataFolder))
            throw new BackupRefusedException($"There is no hub in {dataFolder}. Set LIAISON_OWNER_DATABASE, or name the hub's data folder: --data DIR.");
        // A restore starts the cluster itself: a hub that runs on the folder is refused by the folder's lock.
        if (!make && await RunningCluster.FindOwnerAsync(dataFolder, cancellation) is { } running) return new(running, null);
        using var logging = LoggerFactory.Create(HubHost.LogToConsole);
        var start = await PrivateCluster.StartAsync(
            PrivatePostgresOptions.FromEnvironment(dataFolder), logging.CreateLogger<PrivateCluster>(), TimeProvider.System, cancellation);
        return start is ClusterStart.Started { Cluster: var cluster }
            ? new(cluster.OwnerConnectionString, cluster)
            : throw new BackupRefusedException(((ClusterStart.Refused)start).Problem);
    }

    public ValueTask DisposeAsync() => started?.DisposeAsync() ?? ValueTask.CompletedTask;
}
