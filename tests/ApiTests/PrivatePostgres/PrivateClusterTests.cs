using Liaison.Platform.Data.PrivatePostgres;
using Npgsql;

namespace ApiTests.PrivatePostgres;

public sealed class PrivateClusterTests
{
    [Fact]
    public async Task A_new_folder_gets_a_database_that_only_its_roles_enter_and_that_is_kept()
    {
        using var folder = new ClusterFolder();
        await using (var cluster = await folder.StartAsItIsAsync())
        {
            Assert.False(cluster.WasAdopted);
            Assert.Equal(PrivatePostgresState.Running, cluster.State);
            await ClusterFolder.SqlAsync(cluster.OwnerConnectionString, "CREATE SCHEMA kept; CREATE TABLE kept.word AS SELECT 'kept' AS word");

            Assert.Equal("liaison_owner", await ClusterFolder.SqlAsync(cluster.AdminConnectionString, "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = 'liaison'"));
            Assert.Equal("UTF8 C", await ClusterFolder.SqlAsync(cluster.AdminConnectionString, "SELECT pg_encoding_to_char(encoding) || ' ' || datcollate FROM pg_database WHERE datname = 'liaison'"));
            Assert.Equal(0L, await ClusterFolder.SqlAsync(cluster.AppConnectionString, "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'liaison%' AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)"));

            foreach (var forbidden in (string[])["SELECT * FROM kept.word", "CREATE TABLE public.mine (a int)", "CREATE SCHEMA mine"])
            {
                var refused = await Assert.ThrowsAsync<PostgresException>(() => ClusterFolder.SqlAsync(cluster.AppConnectionString, forbidden));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
            }

            await Assert.ThrowsAsync<PostgresException>(() => ClusterFolder.SqlAsync(cluster.ConnectionString(ClusterRole.App, "postgres"), "SELECT 1"));
        }

        await using var again = await folder.StartAsync();
        Assert.False(again.WasAdopted);
        Assert.Equal("kept", await ClusterFolder.SqlAsync(again.OwnerConnectionString, "SELECT word FROM kept.word"));
    }

    [Fact]
    public async Task It_listens_on_a_closed_socket_only_and_never_trusts()
    {
        using var folder = new ClusterFolder();
        await using var cluster = await folder.StartAsync();

        Assert.Equal("", await ClusterFolder.SqlAsync(cluster.AdminConnectionString, "SHOW listen_addresses"));
        Assert.Equal("peer", await ClusterFolder.SqlAsync(cluster.AdminConnectionString, "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules"));
        var socketFolder = new NpgsqlConnectionStringBuilder(cluster.AppConnectionString).Host!;
        Assert.Equal("700", ClusterFolder.Process("stat", "-c", "%a", socketFolder).Output.Trim());
        Assert.True(SocketFolder.PathIn(socketFolder).Length < 104);
        // Nobody but the hub's own user is mapped: as root, not even the user PostgreSQL runs as, to whom the folder is open.
        Assert.Equal(
            $"{Environment.UserName}>liaison_app {Environment.UserName}>liaison_owner {Environment.UserName}>postgres",
            await ClusterFolder.SqlAsync(cluster.AdminConnectionString, "SELECT string_agg(sys_name || '>' || pg_username, ' ' ORDER BY pg_username) FROM pg_ident_file_mappings"));
    }

    [Fact]
    public async Task A_second_hub_is_refused_by_one_line_that_names_the_first()
    {
        using var folder = new ClusterFolder();
        await using var cluster = await folder.StartAsync();

        var line = await folder.RefusedAsync();

        Assert.Contains($"in use by another hub (process {Environment.ProcessId})", line, StringComparison.Ordinal);
        Assert.Equal(1, await ClusterFolder.SqlAsync(cluster.AppConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task What_a_killed_hub_left_running_is_adopted()
    {
        using var folder = new ClusterFolder();
        var first = await folder.StartAsync();
        await first.LetGoAsync();

        await using var second = await folder.StartAsync();

        Assert.True(second.WasAdopted);
        Assert.Equal(first.ProcessId, second.ProcessId);
        Assert.Equal(first.AppConnectionString, second.AppConnectionString);
        Assert.Equal(1, await ClusterFolder.SqlAsync(second.AppConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_killed_postmaster_comes_back_with_what_was_committed_even_beside_a_busy_orphan()
    {
        List<PrivatePostgresState> states = [];
        using var folder = new ClusterFolder();
        folder.Options = folder.Options with { Durable = true, StateChanged = states.Add };
        await using var cluster = await folder.StartAsync();
        await ClusterFolder.SqlAsync(cluster.OwnerConnectionString, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)");
        // A backend that only computes does not notice that its postmaster died. Whatever becomes of this test, it does not compute for ever.
        var busy = ClusterFolder.SqlAsync(cluster.OwnerConnectionString + ";Options=-c statement_timeout=120s", "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$");
        await Task.Delay(300, ClusterFolder.Stop);
        var killed = cluster.ProcessId;

        ClusterFolder.Kill(killed);
        await ClusterFolder.UntilAsync(() => cluster.ProcessId != killed && cluster.State == PrivatePostgresState.Running, "the server is back");

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => busy);
        Assert.Equal(7, await ClusterFolder.SqlAsync(cluster.OwnerConnectionString, "SELECT n FROM kept"));
        Assert.Equal([PrivatePostgresState.Running, PrivatePostgresState.Restarting, PrivatePostgresState.Running], states);
    }

    [Fact]
    public async Task A_server_whose_socket_was_deleted_is_started_again_at_the_same_place()
    {
        using var folder = new ClusterFolder();
        await using var cluster = await folder.StartAsync();
        var before = cluster.ProcessId;

        Directory.Delete(new NpgsqlConnectionStringBuilder(cluster.AppConnectionString).Host!, recursive: true);
        await ClusterFolder.UntilAsync(() => cluster.ProcessId != before && cluster.State == PrivatePostgresState.Running, "the server is back");

        Assert.Equal(1, await ClusterFolder.SqlAsync(cluster.AppConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task Hub_and_server_both_killed_start_again_beside_a_pid_that_was_given_away()
    {
        using var folder = new ClusterFolder();
        var first = await folder.StartAsync();
        await ClusterFolder.SqlAsync(first.OwnerConnectionString, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)");
        await first.LetGoAsync();
        var pidFile = Path.Combine(folder.Data, "postmaster.pid");
        var text = await File.ReadAllTextAsync(pidFile, ClusterFolder.Stop);
        ClusterFolder.Kill(first.ProcessId);
        // The pid now names a living process that is no postmaster: this one.
        await File.WriteAllTextAsync(pidFile, text.Replace($"{first.ProcessId}\n", $"{Environment.ProcessId}\n", StringComparison.Ordinal), ClusterFolder.Stop);

        await using var second = await folder.StartAsync();

        Assert.False(second.WasAdopted);
        Assert.Equal(7, await ClusterFolder.SqlAsync(second.OwnerConnectionString, "SELECT n FROM kept"));
    }

    [Fact]
    public async Task Stopping_ends_open_sessions_leaves_no_process_and_no_socket()
    {
        using var folder = new ClusterFolder();
        var cluster = await folder.StartAsync();
        await using var session = new NpgsqlConnection(cluster.AppConnectionString);
        await session.OpenAsync(ClusterFolder.Stop);
        var socketFolder = new NpgsqlConnectionStringBuilder(cluster.AppConnectionString).Host!;

        await cluster.StopAsync(ClusterFolder.Stop);
        await cluster.StopAsync(ClusterFolder.Stop);

        Assert.Null(ProcessTable.Find(cluster.ProcessId));
        Assert.False(Directory.Exists(socketFolder));
        Assert.Equal(PrivatePostgresState.Stopped, cluster.State);
    }

    [Fact]
    public async Task The_servers_log_never_repeats_what_a_statement_holds()
    {
        const string Number = "L898902C3";
        using var folder = new ClusterFolder();
        await using var cluster = await folder.StartAsync();
        var owner = cluster.OwnerConnectionString;
        await ClusterFolder.SqlAsync(owner, $"CREATE TABLE document (number text PRIMARY KEY); INSERT INTO document VALUES ('{Number}')");

        await Assert.ThrowsAsync<PostgresException>(() => ClusterFolder.SqlAsync(owner, $"INSERT INTO document VALUES ('{Number}')"));
        await Assert.ThrowsAsync<PostgresException>(() => ClusterFolder.SqlAsync(owner, $"SELECT '{Number}'::int"));
        await Assert.ThrowsAsync<PostgresException>(() => ClusterFolder.SqlAsync(owner, $"DO $$ BEGIN RAISE EXCEPTION '{Number}'; END $$"));
        var victim = ClusterFolder.SqlAsync(owner, $"SELECT pg_sleep(60), '{Number}'");
        await Task.Delay(300, ClusterFolder.Stop);
        var backend = (int)(await ClusterFolder.SqlAsync(cluster.AdminConnectionString, "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))!;
        ClusterFolder.Kill(backend);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => victim);
        var log = Path.Combine(cluster.Home, "server.log");
        await ClusterFolder.UntilAsync(() => File.ReadAllText(log).Contains("was terminated by signal 9", StringComparison.Ordinal), "the crash is logged");

        Assert.DoesNotContain(Number, await File.ReadAllTextAsync(log, ClusterFolder.Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tests_clone_a_template_per_class()
    {
        using var folder = new ClusterFolder();
        await using var cluster = await folder.StartAsync();
        await ClusterFolder.SqlAsync(cluster.OwnerConnectionString, "CREATE TABLE kept AS SELECT 7 AS n; GRANT SELECT ON kept TO liaison_app; GRANT USAGE ON SCHEMA public TO liaison_app");

        await cluster.CreateDatabaseAsync("clone", "liaison", ClusterFolder.Stop);

        Assert.Equal(7, await ClusterFolder.SqlAsync(cluster.ConnectionString(ClusterRole.App, "clone"), "SELECT n FROM kept"));
        await cluster.DropDatabaseAsync("clone", ClusterFolder.Stop);
        await Assert.ThrowsAsync<PostgresException>(() => ClusterFolder.SqlAsync(cluster.ConnectionString(ClusterRole.Admin, "clone"), "SELECT 1"));
    }
}
