using System.Globalization;

namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>Where one hub's cluster lies, who runs it and with which programs; holds the locks that keep other hubs off.</summary>
internal sealed class ClusterSite : IDisposable
{
    public const string Pointer = "postgres-is-in";
    private readonly List<FolderLock> locks = [];

    private ClusterSite(PrivatePostgresOptions options, OsUser user, string home, PostgresBinaries binaries)
    {
        Options = options;
        User = user;
        Home = home;
        Binaries = binaries;
    }

    public PrivatePostgresOptions Options { get; }

    public OsUser User { get; }

    public PostgresBinaries Binaries { get; }

    /// <summary>The cluster's own folder: in DIR, or where DIR's pointer says.</summary>
    public string Home { get; }

    /// <summary>PostgreSQL's data folder, all links resolved: the kernel reports a process's folder so.</summary>
    public string Data => Path.Combine(Home, "data");

    public string Log => Path.Combine(Home, "server.log");

    public bool IsElsewhere => !IsWithin(Home, Options.DataFolder);

    /// <summary>Locks DIR and finds out everything else; makes only folders and the pointer.</summary>
    public static async Task<Attempt<ClusterSite>> OpenAsync(PrivatePostgresOptions asked, CancellationToken stop)
    {
        if (OperatingSystem.IsWindows())
            return new Trouble("A private PostgreSQL needs Linux or macOS: on Windows give the connection string of a PostgreSQL.");
        if (!MakeFolder(asked.DataFolder).Is(out var folder, out var trouble)) return trouble;
        var options = asked with { DataFolder = folder };
        // pg_ctl puts the path between double quotes into a shell command.
        if (folder.IndexOfAny(['"', '$', '`', '\\', '\n', '\r']) >= 0)
        {
            return new Trouble("The data folder's name has a character that PostgreSQL cannot start with (\" $ ` \\ or a line break): "
                + "choose another folder with --data.");
        }

        if (!FolderLock.Take(folder, Path.Combine(folder, "hub")).Is(out var held, out trouble)) return trouble;

        List<FolderLock> locks = [held];
        try
        {
            var site = await OpenLockedAsync(options, locks, stop);
            if (!site.Is(out var open, out trouble)) return trouble;
            open.locks.AddRange(locks);
            locks.Clear();
            return open;
        }
        finally
        {
            locks.ForEach(taken => taken.Dispose());
        }
    }

    public void Dispose() => locks.ForEach(held => held.Dispose());

    private static async Task<Attempt<ClusterSite>> OpenLockedAsync(
        PrivatePostgresOptions options, List<FolderLock> locks, CancellationToken stop)
    {
        if (!ReadPointer(options.DataFolder).Is(out var pointed, out var trouble)) return trouble;
        var near = Path.Combine(options.DataFolder, "postgres");
        if (!(await OsUser.ChooseAsync(pointed.Length > 0 ? pointed : near, stop)).Is(out var user, out trouble)) return trouble;

        var home = pointed.Length > 0 ? pointed : near;
        if (!await CanUseAsync(home, user, stop))
        {
            if (pointed.Length > 0 || Directory.Exists(Path.Combine(home, "data")) || !user.IsAnother)
                return new Trouble(
                    $"{home} cannot be used by user {user.Name}, who runs PostgreSQL: start the hub as the user who owns "
                    + $"it, or give it to {user.Name} with chown -R; the data is left as it is.");
            if (!(await MoveOutAsync(options, user, stop)).Is(out var far, out trouble)) return trouble;
            home = far;
        }

        // A copied DIR would bring a second hub to the same cluster by its pointer.
        if (!IsWithin(home, options.DataFolder))
        {
            // Its lock lies beside it: inside, PostgreSQL's user could plant links for root to follow.
            if (!FolderLock.Take(home, home).Is(out var held, out trouble)) return trouble;
            locks.Add(held);
        }

        if (!(await VersionOfDataAsync(Path.Combine(home, "data"), user, stop)).Is(out var version, out trouble)) return trouble;
        if (!(await PostgresBinaries.FindAsync(options, user, version.Major, stop)).Is(out var binaries, out trouble)) return trouble;
        return new ClusterSite(options, user, home, binaries);
    }

    private static Attempt<string> MakeFolder(string asked)
    {
        var full = Path.GetFullPath(asked);
        try
        {
            return Real(Directory.CreateDirectory(full).FullName);
        }
        catch (UnauthorizedAccessException)
        {
            return FolderLock.NotWritable(full);
        }
        catch (IOException failed)
        {
            return new Trouble($"{full} cannot be made a data folder ({failed.Message.TrimEnd('.')}): choose another folder with --data.");
        }
    }

    /// <summary>The path with every link in it resolved.</summary>
    private static string Real(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null) return path;
        var here = Path.Combine(Real(parent), Path.GetFileName(path));
        return new DirectoryInfo(here).ResolveLinkTarget(returnFinalTarget: true) is { } target ? Real(target.FullName) : here;
    }

    private static Attempt<string> ReadPointer(string folder)
    {
        var file = Path.Combine(folder, Pointer);
        try
        {
            if (!File.Exists(file)) return "";
            var home = File.ReadAllText(file).Trim();
            return Path.IsPathRooted(home) && Directory.Exists(home)
                ? home
                : new Trouble(
                    $"{file} says that the database is in {home}, which is not there: restore it, or delete {file} to start "
                    + "with an empty database.");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return new Trouble($"{file} cannot be read by user {Environment.UserName}: start the hub as the user who made it.");
        }
    }

    /// <summary>Whether PostgreSQL's user can work in the folder, found out by doing so: all parents, mounts and ACLs decide.</summary>
    private static async Task<bool> CanUseAsync(string home, OsUser user, CancellationToken stop)
    {
        if (user.IsAnother && !Directory.Exists(home))
        {
            if (await GiveAsync(home, user, stop) is null && await TryAsync(home, user, stop)) return true;
            if (Directory.Exists(home)) Directory.Delete(home);
            return false;
        }

        return await TryAsync(home, user, stop);
    }

    private static async Task<bool> TryAsync(string home, OsUser user, CancellationToken stop)
    {
        const string Try = "umask 077 && mkdir -p \"$1\" && cd \"$1\" && mkdir -p .try && rmdir .try";
        var ran = await user.RunAsync("sh", ["-c", Try, "sh", home], null, stop);
        return ran.Ok || ran.Errors.Contains("No space left", StringComparison.Ordinal);
    }

    /// <summary>
    /// Makes a cluster's folder outside DIR and points to it. Its name is random, so that a DIR that was deleted and made anew does not
    /// find its old data.
    /// </summary>
    private static async Task<Attempt<string>> MoveOutAsync(PrivatePostgresOptions options, OsUser user, CancellationToken stop)
    {
        var home = Path.Combine(options.SharedRoot, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..12]);
        var root = OsUser.Own;
        // Others must pass through the shared folder, whatever root's umask is; each cluster's own is closed.
        var shared = Directory.Exists(options.SharedRoot)
            ? default
            : await root.RunAsync("install", ["-d", "-m", "0755", options.SharedRoot], null, stop);
        var failed = shared.Ok ? await GiveAsync(home, user, stop) : Trouble.ReasonIn(shared.Errors);
        if (failed is null && !await TryAsync(home, user, stop))
        {
            Directory.Delete(home);
            failed = $"user {user.Name}, who runs PostgreSQL, cannot enter it";
        }

        if (failed is not null)
        {
            return new Trouble($"User {user.Name}, who runs PostgreSQL, cannot enter {options.DataFolder}, and {home} cannot be used "
                + $"instead ({failed}): choose with --data a folder that user can enter.");
        }

        try
        {
            File.WriteAllText(Path.Combine(options.DataFolder, Pointer), home + "\n");
            return home;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new Trouble(
                $"{options.DataFolder} cannot be written ({refused.Message.TrimEnd('.')}): free space, or choose another "
                + "folder with --data.");
        }
    }

    /// <summary>Makes a folder of PostgreSQL's user, closed to others; says what prevented it.</summary>
    private static async Task<string?> GiveAsync(string home, OsUser user, CancellationToken stop)
    {
        var made = await OsUser.Own.RunAsync("install", ["-d", "-m", "0700", "-o", user.Name, home], null, stop);
        return made.Ok ? null : Trouble.ReasonIn(made.Errors);
    }

    private static async Task<Attempt<DataVersion>> VersionOfDataAsync(string data, OsUser user, CancellationToken stop)
    {
        // Three answers: no data, the version, or not ours to read.
        var ran = await user.RunAsync("sh", ["-c", "[ -e \"$1\" ] || exit 0; cat \"$1/PG_VERSION\"", "sh", data], null, stop);
        if (ran is { Ok: true, Output: "" }) return new DataVersion(null);
        return ran.Ok && int.TryParse(ran.Output.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            ? new DataVersion(major)
            : new Trouble(
                $"{data} is not a PostgreSQL data folder that user {user.Name} can read: move it away, or choose another "
                + "folder with --data.");
    }

    private sealed record DataVersion(int? Major);

    private static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
