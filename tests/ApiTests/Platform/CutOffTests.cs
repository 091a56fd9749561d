using System.Net;
using ApiTests.PrivatePostgres;
using Liaison.Platform.Data;
using Liaison.Platform.Data.PrivatePostgres;
using Npgsql;

namespace ApiTests.Platform;

/// <summary>A node that is cut off from the database says nothing any more: PostgreSQL itself must find out, and free what the node held.</summary>
public sealed class CutOffTests
{
    [Fact]
    public async Task A_session_that_holds_a_lock_is_asked_by_PostgreSQL_whether_its_node_is_there()
    {
        using var folder = new ClusterFolder();
        var first = await folder.StartAsync();
        // An address of this test's own, so that the port may be the usual one.
        var address = new IPAddress([127, .. BitConverter.GetBytes(Environment.ProcessId).Take(2), 77]);
        await ClusterFolder.SqlAsync(first.AdminConnectionString, $"ALTER SYSTEM SET listen_addresses = '{address}'");
        await first.StopAsync(ClusterFolder.Stop);
        await using var cluster = await folder.StartAsItIsAsync();
        var chosen = await OsUser.ChooseAsync(cluster.Home, ClusterFolder.Stop);
        Assert.True(chosen.Is(out var user, out _));
        var access = Path.Combine(cluster.Home, "data", "pg_hba.conf");
        await user.RunAsync("sh", ["-c", "echo 'host all all 127.0.0.0/8 trust' >> \"$1\"", "sh", access], null, ClusterFolder.Stop);
        await ClusterFolder.SqlAsync(cluster.AdminConnectionString, "SELECT pg_reload_conf()");

        var overNetwork = new NpgsqlConnectionStringBuilder(cluster.AdminConnectionString) { Host = address.ToString() };
        Assert.Equal(["5", "3", "3", "15000"], await SettingsAsync(overNetwork.ConnectionString));
        // A file of its own: nobody can be cut off from it, and the settings are passed over.
        Assert.Equal(["0", "0", "0", "0"], await SettingsAsync(cluster.AdminConnectionString));
        // What the operator asked for stays.
        overNetwork.Options = "-c work_mem=7MB";
        Assert.Equal(["5", "7MB"], await SettingsAsync(overNetwork.ConnectionString, "tcp_keepalives_idle", "work_mem"));
    }

    private static async Task<string[]> SettingsAsync(string connectionString, params string[] names)
    {
        await using var requests = SystemDatabase.ForRequests(connectionString);
        await using var system = new SystemDatabase(connectionString, requests);
        await using var session = await system.OpenSessionAsync("test", ClusterFolder.Stop);
        var shown = new List<string>();
        foreach (var name in names is [] ? ["tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout"] : names)
        {
            await using var command = new NpgsqlCommand($"SHOW {name}", session);
            shown.Add((string)(await command.ExecuteScalarAsync(ClusterFolder.Stop))!);
        }

        return [.. shown];
    }
}
