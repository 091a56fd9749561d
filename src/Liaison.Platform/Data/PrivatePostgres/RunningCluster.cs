namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>The private PostgreSQL of a hub that is running, for what is done beside it.</summary>
public static class RunningCluster
{
    /// <param name="dataFolder">The hub's.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Connects as the owner; null when no server runs on that folder.</returns>
    public static async Task<string?> FindOwnerAsync(string dataFolder, CancellationToken stop)
    {
        var pointer = Path.Combine(dataFolder, ClusterSite.Pointer);
        var home = File.Exists(pointer) ? (await File.ReadAllTextAsync(pointer, stop)).Trim() : Path.Combine(dataFolder, "postgres");
        if (!(await OsUser.ChooseAsync(home, stop)).Is(out var user, out _)) return null;
        var data = Path.Combine(home, "data");
        var pid = PidFileText.Parse((await user.RunAsync("cat", [Path.Combine(data, "postmaster.pid")], null, stop)).Output);
        if (pid is not { Status: "ready" } || ProcessTable.Find(pid.Pid) is null) return null;
        return File.Exists(SocketFolder.PathIn(pid.SocketFolder))
            ? Bootstrap.Connection(pid.SocketFolder, ClusterRole.Owner, Bootstrap.Database)
            : null;
    }

    /// <summary>Whether a cluster was ever made in a data folder.</summary>
    public static bool IsThere(string dataFolder) =>
        File.Exists(Path.Combine(dataFolder, ClusterSite.Pointer)) || Directory.Exists(Path.Combine(dataFolder, "postgres"));
}
