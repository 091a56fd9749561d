using ApiTests.PrivatePostgres;
using Liaison.Platform.Data.PrivatePostgres;
using Npgsql;

namespace ApiTests.Nodes;

/// <summary>A real streaming standby of a private cluster: its socket lies beside the primary's, under another port.</summary>
internal sealed class Standby : IAsyncDisposable
{
    private const int Port = 5433;

    private readonly PrivateCluster primary;
    private readonly OsUser user;
    private readonly string bin;
    private readonly string data;

    private Standby(PrivateCluster primary, OsUser user)
    {
        (this.primary, this.user) = (primary, user);
        bin = Directory.EnumerateDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin"))
            .First(d => File.Exists(Path.Combine(d, "pg_basebackup")) && d.Contains($"/{primary.MajorVersion}/", StringComparison.Ordinal));
        data = Path.Combine(primary.Home, "standby");
    }

    public string AppConnectionString => Moved(primary.AppConnectionString, Port);

    /// <summary>Names the standby first: who wants the primary has to look for it.</summary>
    public string BothHosts
    {
        get
        {
            var address = new NpgsqlConnectionStringBuilder(primary.AppConnectionString);
            address.Host = $"{address.Host}:{Port},{address.Host}:{address.Port}";
            return address.ConnectionString;
        }
    }

    public static async Task<Standby> StartAsync(PrivateCluster primary)
    {
        var chosen = await OsUser.ChooseAsync(primary.Home, ClusterFolder.Stop);
        Assert.True(chosen.Is(out var user, out _));
        var standby = new Standby(primary, user);
        var access = Path.Combine(primary.Home, "data", "pg_hba.conf");
        await user.RunAsync("sh", ["-c", "echo 'local replication postgres trust' >> \"$1\"", "sh", access], null, ClusterFolder.Stop);
        await ClusterFolder.SqlAsync(primary.AdminConnectionString, "SELECT pg_reload_conf()");
        var socket = new NpgsqlConnectionStringBuilder(primary.AdminConnectionString).Host!;
        await standby.RunAsync("pg_basebackup", "-h", socket, "-U", "postgres", "-D", standby.data, "-R", "--checkpoint=fast", "--no-sync");
        await standby.RunAsync("pg_ctl", "start", "-D", standby.data, "-l", standby.data + ".log", "-w", "-s", "-o", $"-c port={Port}");
        return standby;
    }

    /// <summary>It goes on to receive, and shows nothing of it until it is resumed.</summary>
    public Task PauseAsync() => ClusterFolder.SqlAsync(Moved(primary.AdminConnectionString, Port), "SELECT pg_wal_replay_pause()");

    public Task ResumeAsync() => ClusterFolder.SqlAsync(Moved(primary.AdminConnectionString, Port), "SELECT pg_wal_replay_resume()");

    public Task StopAsync() => RunAsync("pg_ctl", "stop", "-D", data, "-m", "immediate", "-w", "-s");

    public async ValueTask DisposeAsync() =>
        await user.RunAsync(Path.Combine(bin, "pg_ctl"), ["stop", "-D", data, "-m", "immediate", "-w", "-s"], null, CancellationToken.None);

    private async Task RunAsync(string program, params string[] arguments)
    {
        var ran = await user.RunAsync(Path.Combine(bin, program), arguments, null, ClusterFolder.Stop);
        Assert.True(ran.Ok, ran.Errors);
    }

    private static string Moved(string connectionString, int port) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Port = port }.ConnectionString;
}
