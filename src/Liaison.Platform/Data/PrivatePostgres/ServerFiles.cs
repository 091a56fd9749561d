using System.Globalization;

namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>The files a private cluster is made of: its data folder by initdb, and what the hub writes into it at every start.</summary>
internal static class ServerFiles
{
    private const long RoomForNewCluster = 200L << 20;

    /// <summary>Makes the data folder unless it is there. It appears whole, by rename, so that a crash never leaves half of one.</summary>
    public static async Task<Trouble?> InitialiseAsync(ClusterSite site, CancellationToken stop)
    {
        if (!(await site.User.RunAsync("test", ["-e", site.Data], null, stop)).Ok)
        {
            await site.User.RunAsync("sh", ["-c", "rm -rf \"$1\".new.*", "sh", site.Data], null, stop);
            if (TooFull(site.Home) is { } full) return full;

            var fresh = site.Data + ".new." + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8];
            if (await InitDbAsync(site, fresh, stop) is { } trouble)
            {
                await site.User.RunAsync("rm", ["-rf", fresh], null, CancellationToken.None);
                return trouble;
            }

            var moved = await site.User.RunAsync("mv", [fresh, site.Data], null, stop);
            if (!moved.Ok)
                return new Trouble($"{site.Data} cannot be made ({Trouble.ReasonIn(moved.Errors)}): correct that and start again.");
        }

        return null;
    }

    /// <summary>Writes the settings, who may connect, and which of the system's users are which roles.</summary>
    public static async Task<Trouble?> WriteSettingsAsync(ClusterSite site, string socketFolder, CancellationToken stop) =>
        await site.User.WriteFileAsync(Path.Combine(site.Data, "liaison.conf"), Settings(socketFolder, site.Options.Durable), stop)
        ?? await WriteAccessAsync(site, stop);

    /// <summary>Writes who may connect: the hub's own user of the operating system over the socket, and nobody else.</summary>
    public static async Task<Trouble?> WriteAccessAsync(ClusterSite site, CancellationToken stop) =>
        await site.User.WriteFileAsync(Path.Combine(site.Data, "pg_hba.conf"), Header + "local all all peer map=liaison\n", stop)
        ?? await site.User.WriteFileAsync(Path.Combine(site.Data, "pg_ident.conf"), Map(Environment.UserName), stop);

    private const string Header = "# Written by the hub at every start.\n";

    private static async Task<Trouble?> InitDbAsync(ClusterSite site, string folder, CancellationToken stop)
    {
        // Collation C: byte order, the same on every system and in every version, so no index breaks when the C library changes.
        List<string> arguments =
        [
            "--pgdata", folder, "--username", "postgres", "--auth-local", "peer", "--auth-host", "reject", "--encoding", "UTF8",
            "--locale", "C", "--data-checksums", "--no-instructions",
        ];
        if (!site.Options.Durable) arguments.Add("--no-sync");
        var made = await site.User.RunAsync(site.Binaries.InitDb, arguments, null, stop);
        if (!made.Ok) return Failed(site, made);

        // What initdb found out about this machine stays; ours comes after it and wins, and the operator's last.
        const string Join = "printf '%s\\n' '' \"include 'liaison.conf'\" \"include_if_exists 'local.conf'\" >> \"$1/postgresql.conf\"";
        var joined = await site.User.RunAsync("sh", ["-c", Join, "sh", folder], null, stop);
        return joined.Ok ? null : Failed(site, joined);
    }

    private static Trouble Failed(ClusterSite site, Ran ran)
    {
        var reason = Trouble.ReasonIn(ran.Errors);
        return reason.Contains("No space left", StringComparison.Ordinal)
            ? new Trouble($"The disk under {site.Home} is full: free at least 200 MB and start again.")
            : new Trouble($"The database could not be made in {site.Home} ({reason}): correct that and start again.");
    }

    private static Trouble? TooFull(string home)
    {
        try
        {
            var room = new DriveInfo(home).AvailableFreeSpace;
            return room < RoomForNewCluster
                ? new Trouble($"The disk under {home} has only {room >> 20} MB left: free at least 200 MB and start again.")
                : null;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Some file systems tell nothing; initdb will.
            return null;
        }
    }

    private static string Map(string systemUser)
    {
        // A name between quotes is taken literally; two quotes are one.
        var quoted = "\"" + systemUser.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        return $"{Header}liaison {quoted} postgres\nliaison {quoted} {Bootstrap.OwnerRole}\nliaison {quoted} {Bootstrap.AppRole}\n";
    }

    private static string Settings(string socketFolder, bool durable) =>
        $"""
        {Header}# Settings of your own belong in local.conf beside this file.
        listen_addresses = ''
        unix_socket_directories = {Quoted(socketFolder)}
        unix_socket_permissions = 0700
        port = {Bootstrap.Port}
        max_connections = 200
        shared_buffers = {MemoryShare(8, durable)}MB
        effective_cache_size = {MemoryShare(2, durable)}MB
        maintenance_work_mem = 128MB
        min_wal_size = 128MB
        max_wal_size = 4GB
        checkpoint_timeout = 15min
        wal_compression = on
        jit = off
        fsync = {(durable ? "on" : "off")}
        full_page_writes = {(durable ? "on" : "off")}
        autovacuum = {(durable ? "on" : "off")}
        synchronous_commit = on
        timezone = 'UTC'
        log_timezone = 'UTC'
        lc_messages = 'C'
        logging_collector = off
        log_destination = 'stderr'
        # A statement, its parameters or the detail of an error may hold a document number, which no log may. The hub sees every error
        # itself. At level log the server writes log, fatal and panic, but no error of a statement.
        log_min_messages = log
        log_min_error_statement = panic
        log_error_verbosity = terse
        log_statement = 'none'
        log_min_duration_statement = -1
        log_min_duration_sample = -1
        log_parameter_max_length = 0
        log_parameter_max_length_on_error = 0
        log_lock_waits = off
        log_temp_files = -1
        log_checkpoints = off
        log_autovacuum_min_duration = -1

        """;

    /// <summary>In MiB; at least 256. A server for tests stays small: many run beside one another.</summary>
    private static long MemoryShare(int part, bool durable) =>
        durable ? Math.Clamp((GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20) / part, 256, 16_384) : 256;

    private static string Quoted(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
