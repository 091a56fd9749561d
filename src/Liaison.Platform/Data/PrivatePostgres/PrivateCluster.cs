using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>
/// A PostgreSQL of the hub's own: in its data folder, reached over a socket by the hub's user alone, watched and started again when it
/// dies. Production uses any PostgreSQL by a connection string instead.
/// </summary>
/// <remarks>Thread-safe. Disposing stops the server and waits for it.</remarks>
public sealed class PrivateCluster : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private const long LongestLog = 8 << 20;

    private readonly ClusterSite site;
    private readonly Postmaster postmaster;
    private readonly ILogger log;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim endingOnce = new(1, 1);
    private readonly string socketFolder;
    private Task supervisor = Task.CompletedTask;
    private volatile Server server;
    private volatile PrivatePostgresState state;
    private volatile bool ended;

    private PrivateCluster(ClusterSite site, Postmaster postmaster, Server server, ILogger log, TimeProvider time)
    {
        this.site = site;
        this.postmaster = postmaster;
        this.server = server;
        this.log = log;
        this.time = time;
        socketFolder = server.SocketFolder;
    }

    /// <summary>Connects as the owner of the database: migrations and retention.</summary>
    public string OwnerConnectionString => ConnectionString(ClusterRole.Owner);

    /// <summary>Connects as the serving role.</summary>
    public string AppConnectionString => ConnectionString(ClusterRole.App);

    /// <summary>Connects as superuser to the database; without a pool.</summary>
    public string AdminConnectionString => ConnectionString(ClusterRole.Admin);

    /// <summary>The folder the cluster lies in: in the data folder or, for root, where that points.</summary>
    public string Home => site.Home;

    /// <summary>The major version of the server's programs.</summary>
    public int MajorVersion => site.Binaries.Major;

    /// <summary>True when the server ran already, left by a hub that ended without stopping it.</summary>
    public bool WasAdopted { get; private init; }

    /// <summary>The postmaster's process id; another one after a restart.</summary>
    public int ProcessId => server.Mark.Pid;

    /// <summary>What the server is doing.</summary>
    public PrivatePostgresState State => state;

    /// <summary>
    /// Starts the cluster of a data folder: makes it when it is new, adopts a server that still runs, heals what a crash left. Everything
    /// that may be wrong with the machine is <see cref="ClusterStart.Refused"/> with one line that says what to do.
    /// </summary>
    /// <param name="options">Where and how.</param>
    /// <param name="log">Told of starts, adoption and restarts.</param>
    /// <param name="time">Waits are measured with it, so a clock that stands still stops them.</param>
    /// <param name="stop">Gives up starting; a server just started is stopped again.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public static async Task<ClusterStart> StartAsync(
        PrivatePostgresOptions options, ILogger log, TimeProvider time, CancellationToken stop)
    {
        if (!(await ClusterSite.OpenAsync(options, stop)).Is(out var site, out var trouble)) return new ClusterStart.Refused(trouble.Line);
        try
        {
            var started = await StartAsync(site, log, time, stop);
            if (started.Is(out var cluster, out trouble))
            {
                site = null;
                cluster.supervisor = cluster.SuperviseAsync(cluster.ending.Token);
                cluster.Become(PrivatePostgresState.Running);
                return new ClusterStart.Started(cluster);
            }

            return new ClusterStart.Refused(trouble.Line);
        }
        finally
        {
            site?.Dispose();
        }
    }

    /// <summary>A connection string for a role, to the hub's database or another of this cluster.</summary>
    public string ConnectionString(ClusterRole role, string database = Bootstrap.Database) =>
        Bootstrap.Connection(socketFolder, role, database);

    /// <summary>Makes a database of this cluster, owned by the owner role, which only that and the serving role may connect to.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="template">The database it is copied from; nobody may be connected to that one.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="NpgsqlException">The server refused.</exception>
    public Task CreateDatabaseAsync(string name, string template = "template0", CancellationToken stop = default) =>
        Bootstrap.CreateDatabaseAsync(socketFolder, name, template, stop);

    /// <summary>Drops a database of this cluster, if it is there, with every connection to it.</summary>
    /// <exception cref="NpgsqlException">The server refused.</exception>
    public Task DropDatabaseAsync(string name, CancellationToken stop = default) =>
        Bootstrap.DropDatabaseAsync(socketFolder, name, stop);

    /// <summary>Stops the server (fast shutdown: everything is written) and waits until it is gone. Repeating is harmless.</summary>
    public Task StopAsync(CancellationToken stop = default) => EndAsync(stopServer: true, stop);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
    }

    /// <summary>Leaves the server running and lets go of it: the state the kernel leaves when the hub is killed.</summary>
    internal Task LetGoAsync() => EndAsync(stopServer: false, CancellationToken.None);

    private static async Task<Attempt<PrivateCluster>> StartAsync(ClusterSite site, ILogger log, TimeProvider time, CancellationToken stop)
    {
        if (site.IsElsewhere) ClusterLog.Elsewhere(log, site.Home, site.User.Name, site.Options.DataFolder);
        if (!Directory.Exists(site.Data)) ClusterLog.Making(log, site.Binaries.Major, site.Home);
        if (await ServerFiles.InitialiseAsync(site, stop) is { } unmade) return unmade;

        var postmaster = new Postmaster(site, time);
        if (!(await postmaster.EnsureAsync(stop)).Is(out var server, out var trouble)) return trouble;
        try
        {
            if (await PrepareAsync(site, server, time, stop) is not { } unprepared)
            {
                if (server.Adopted) ClusterLog.Adopted(log, site.Binaries.Major, server.Mark.Pid, site.Home);
                else ClusterLog.Started(log, site.Binaries.Major, server.Mark.Pid, site.Home);
                return new PrivateCluster(site, postmaster, server, log, time) { WasAdopted = server.Adopted };
            }

            trouble = unprepared;
        }
        catch (OperationCanceledException)
        {
            await postmaster.StopAsync(server.Mark, CancellationToken.None);
            throw;
        }

        await postmaster.StopAsync(server.Mark, CancellationToken.None);
        return trouble;
    }

    private static async Task<Trouble?> PrepareAsync(ClusterSite site, Server server, TimeProvider time, CancellationToken stop)
    {
        // An adopted server reads the new access rules a moment after it was told to.
        for (var left = server.Adopted ? 20 : 0; ; left--)
        {
            var trouble = await Bootstrap.RunAsync(server.SocketFolder, site.Options.DataFolder, stop);
            if (trouble is null || left == 0) return trouble;
            await Task.Delay(Beat, time, stop);
        }
    }

    private async Task SuperviseAsync(CancellationToken stop)
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Beat, time, stop);
                if (!IsWell()) await RestartAsync(stop);
                else await TrimLogAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unexpected)
            {
                // Supervision that ended silently would leave a dead server dead.
                ClusterLog.NotBack(log, Beat.TotalSeconds, unexpected.GetType().Name);
            }
        }
    }

    private bool IsWell() => server.Mark.Lives && File.Exists(SocketFolder.PathIn(socketFolder));

    private async Task RestartAsync(CancellationToken stop)
    {
        Become(PrivatePostgresState.Restarting);
        ClusterLog.Lost(log, server.Mark.Pid);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if ((await postmaster.EnsureAsync(stop)).Is(out var again, out var trouble))
            {
                server = again;
                // Pooled connections lead to the dead server; each would fail once.
                NpgsqlConnection.ClearAllPools();
                if (again.SocketFolder == socketFolder) ClusterLog.Back(log, again.Mark.Pid);
                else ClusterLog.Moved(log, again.SocketFolder);
                Become(PrivatePostgresState.Running);
                return;
            }

            ClusterLog.NotBack(log, pause.TotalSeconds, trouble.Line);
            await Task.Delay(pause, time, stop);
        }
    }

    /// <summary>Keeps the server's log bounded. The server appends, so the file may be emptied under it.</summary>
    private async Task TrimLogAsync(CancellationToken stop)
    {
        var file = new FileInfo(site.Log);
        if (file.Exists && file.Length > LongestLog)
            await site.User.RunAsync("sh", ["-c", "cp \"$1\" \"$1.1\"; : > \"$1\"", "sh", site.Log], null, stop);
    }

    private async Task EndAsync(bool stopServer, CancellationToken stop)
    {
        await endingOnce.WaitAsync(stop);
        try
        {
            if (ended) return;
            await ending.CancelAsync();
            await supervisor;
            if (stopServer)
            {
                await postmaster.StopAsync(server.Mark, stop);
                await SocketFolder.RemoveAsync(server.SocketFolder, site.User);
                ClusterLog.Stopped(log);
            }

            ended = true;
            site.Dispose();
            Become(PrivatePostgresState.Stopped);
        }
        finally
        {
            endingOnce.Release();
        }
    }

    private void Become(PrivatePostgresState now)
    {
        state = now;
        site.Options.StateChanged?.Invoke(now);
    }
}
