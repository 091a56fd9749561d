using Npgsql;

namespace ApiTests.PrivatePostgres;

/// <summary>What may be wrong with a machine: each is one line that says what to do, or is healed.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task Data_of_another_version_is_refused_and_left_alone()
    {
        using var folder = new ClusterFolder();
        Directory.CreateDirectory(folder.Data);
        var file = Path.Combine(folder.Data, "PG_VERSION");
        if (Environment.IsPrivilegedProcess) ClusterFolder.Process("chown", "-R", "postgres", Path.Combine(folder.Dir, "postgres"));

        await File.WriteAllTextAsync(file, "14\n", ClusterFolder.Stop);
        Assert.Contains("holds data of PostgreSQL 14; Liaison needs 15 or later: upgrade it with pg_upgrade", await folder.RefusedAsync(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "98\n", ClusterFolder.Stop);
        Assert.Contains("holds data of PostgreSQL 98, but only", await folder.RefusedAsync(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "no version\n", ClusterFolder.Stop);
        Assert.Contains("is not a PostgreSQL data folder", await folder.RefusedAsync(), StringComparison.Ordinal);

        Assert.Equal("no version\n", await File.ReadAllTextAsync(file, ClusterFolder.Stop));
    }

    [Fact]
    public async Task Missing_and_old_programs_are_named_with_what_to_install()
    {
        using var folder = new ClusterFolder();
        var bin = Path.Combine(folder.Root, "bin");
        folder.Options = folder.Options with { BinFolder = bin };
        Assert.Contains($"LIAISON_PG_BIN names {bin}", await folder.RefusedAsync(), StringComparison.Ordinal);

        Fake(bin, "initdb", "exit 1");
        Fake(bin, "pg_ctl", "exit 1");
        Fake(bin, "postgres", "echo 'postgres (PostgreSQL) 13.9'");
        var line = await folder.RefusedAsync();
        Assert.Contains("PostgreSQL 13 is too old", line, StringComparison.Ordinal);
        Assert.Contains("apt-get install postgresql", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_initdb_gives_its_reason_and_leaves_nothing_half_made()
    {
        using var folder = new ClusterFolder();
        var bin = Path.Combine(folder.Root, "bin");
        Fake(bin, "pg_ctl", "exit 1");
        Fake(bin, "postgres", "echo 'postgres (PostgreSQL) 15.1'");
        Fake(bin, "initdb", "mkdir -p \"$2\"; echo 'initdb: error: the reason' >&2; exit 1");
        folder.Options = folder.Options with { BinFolder = bin };
        Assert.Contains("(the reason)", await folder.RefusedAsync(), StringComparison.Ordinal);

        Fake(bin, "initdb", "mkdir -p \"$2\"; echo 'initdb: error: could not write file: No space left on device' >&2; exit 1");
        Assert.Contains("is full: free at least 200 MB", await folder.RefusedAsync(), StringComparison.Ordinal);

        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(folder.Dir, "postgres")));
    }

    [Fact]
    public async Task A_half_made_database_is_swept_away()
    {
        using var folder = new ClusterFolder();
        var half = folder.Data + ".new.0a1b2c3d";
        Directory.CreateDirectory(half);
        await File.WriteAllTextAsync(Path.Combine(half, "PG_VERSION"), "15\n", ClusterFolder.Stop);
        if (Environment.IsPrivilegedProcess) ClusterFolder.Process("chown", "-R", "postgres", Path.Combine(folder.Dir, "postgres"));

        await using var cluster = await folder.StartAsync();

        Assert.False(Directory.Exists(half));
        Assert.Equal(1, await ClusterFolder.SqlAsync(cluster.AppConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_disk_that_is_full_is_said_so_for_a_new_and_for_an_old_database()
    {
        using var folder = new ClusterFolder();
        Directory.CreateDirectory(folder.Dir);
        var mounted = Environment.IsPrivilegedProcess && ClusterFolder.Process("mount", "-t", "tmpfs", "-o", "size=230m,mode=0755", "none", folder.Dir).Code == 0;
        Assert.SkipUnless(mounted, "only root may mount a small disk");
        try
        {
            await using (var cluster = await folder.StartAsync())
                await ClusterFolder.SqlAsync(cluster.OwnerConnectionString, "CREATE TABLE kept AS SELECT 7 AS n");
            var ballast = Path.Combine(folder.Dir, "ballast");
            ClusterFolder.Process("dd", "if=/dev/zero", $"of={ballast}", "bs=64k");
            Assert.Contains("free space", await folder.RefusedAsync(), StringComparison.Ordinal);
            File.Delete(ballast);
            await using (var cluster = await folder.StartAsync())
                Assert.Equal(7, await ClusterFolder.SqlAsync(cluster.OwnerConnectionString, "SELECT n FROM kept"));

            Directory.Delete(Path.Combine(folder.Dir, "postgres"), recursive: true);
            ClusterFolder.Process("dd", "if=/dev/zero", $"of={ballast}", "bs=1M", "count=100");
            Assert.Contains("MB left: free at least 200 MB", await folder.RefusedAsync(), StringComparison.Ordinal);
        }
        finally
        {
            ClusterFolder.Process("umount", folder.Dir);
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_one_line()
    {
        using var folder = new ClusterFolder();
        var file = Path.Combine(folder.Root, "file");
        await File.WriteAllTextAsync(file, "", ClusterFolder.Stop);
        folder.Options = folder.Options with { DataFolder = file };
        Assert.Contains("choose another folder with --data", await folder.RefusedAsync(), StringComparison.Ordinal);
        folder.Options = folder.Options with { DataFolder = "/proc/liaison" };
        Assert.Contains("choose another folder with --data", await folder.RefusedAsync(), StringComparison.Ordinal);
        folder.Options = folder.Options with { DataFolder = Path.Combine(folder.Root, "a$HOME") };
        Assert.Contains("has a character", await folder.RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_root_a_closed_folder_points_to_a_cluster_elsewhere()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root runs PostgreSQL as another user");
        using var folder = new ClusterFolder();
        var closed = Path.Combine(folder.Root, "closed");
        Directory.CreateDirectory(closed);
        ClusterFolder.Process("chmod", "0700", closed);
        folder.Options = folder.Options with { DataFolder = Path.Combine(closed, "dir") };

        string home;
        await using (var cluster = await folder.StartAsItIsAsync())
        {
            home = cluster.Home;
            Assert.StartsWith(folder.Options.SharedRoot + "/", home, StringComparison.Ordinal);
            await ClusterFolder.SqlAsync(cluster.OwnerConnectionString, "CREATE TABLE kept AS SELECT 7 AS n");
        }

        await using (var cluster = await folder.StartAsync())
        {
            Assert.Equal(home, cluster.Home);
            Assert.Equal(7, await ClusterFolder.SqlAsync(cluster.OwnerConnectionString, "SELECT n FROM kept"));
            // A copy of the folder would point to the same cluster.
            ClusterFolder.Process("cp", "-r", folder.Dir, folder.Dir + "-copy");
            folder.Options = folder.Options with { DataFolder = folder.Dir + "-copy" };
            Assert.Contains("in use by another hub", await folder.RefusedAsync(), StringComparison.Ordinal);
        }

        Directory.Delete(home, recursive: true);
        Assert.Contains($"the database is in {home}, which is not there", await folder.RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_folder_that_somebody_else_put_there_is_not_used()
    {
        using var folder = new ClusterFolder();
        string socketFolder;
        await using (var cluster = await folder.StartAsync())
            socketFolder = new NpgsqlConnectionStringBuilder(cluster.AppConnectionString).Host!;
        var trap = Path.Combine(folder.Root, "trap");
        Directory.CreateDirectory(trap);
        File.CreateSymbolicLink(socketFolder, trap);
        try
        {
            await using var cluster = await folder.StartAsync();

            Assert.NotEqual(socketFolder, new NpgsqlConnectionStringBuilder(cluster.AppConnectionString).Host);
            Assert.Empty(Directory.GetFileSystemEntries(trap));
        }
        finally
        {
            File.Delete(socketFolder);
        }

        folder.Options = folder.Options with { SocketRoot = Path.Combine(folder.Root, new string('s', 80)) };
        Directory.Delete(Path.Combine(folder.Dir, "postgres"), recursive: true);
        Assert.Contains("path over 103 bytes", await folder.RefusedAsync(), StringComparison.Ordinal);
    }

    private static void Fake(string bin, string name, string script)
    {
        Directory.CreateDirectory(bin);
        var file = Path.Combine(bin, name);
        File.WriteAllText(file, "#!/bin/sh\n" + script + "\n");
        ClusterFolder.Process("chmod", "0755", file);
    }
}
