using System.Security.Cryptography;
using System.Text;

namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>
/// The 0700 folder the socket lies in. Its name is random and remembered in the cluster's folder, so that nobody can squat on it in a
/// world-writable place, and <c>mkdir</c> makes it exclusively, so that it is never somebody's link.
/// </summary>
internal static class SocketFolder
{
    // unix(7): sun_path has 108 bytes with its closing zero; 104 on macOS.
    private const int LongestPath = 103;

    /// <summary>The remembered folder if it is still there and ours alone, else a new one.</summary>
    public static async Task<Attempt<string>> TakeAsync(ClusterSite site, CancellationToken stop)
    {
        var memory = Path.Combine(site.Home, "socket-folder");
        var known = (await site.User.RunAsync("cat", [memory], null, stop)).Output.Trim();
        if (known.Length > 0 && await IsOursAsync(known, site.User, stop))
        {
            // Only called while no server of this cluster lives: a socket here is a dead one's.
            await site.User.RunAsync("sh", ["-c", "rm -f \"$1\"/.s.PGSQL.*", "sh", known], null, stop);
            return known;
        }

        // The same name again after a restart, where nobody took it meanwhile: the connection strings then stay the same.
        var fresh = Path.Combine(site.Options.SocketRoot, "liaison-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        if (Encoding.UTF8.GetByteCount(PathIn(fresh)) > LongestPath)
            return TooLong(site.Options.SocketRoot);
        var folder = known.Length > 0 && (await MakeAsync(known, site.User, stop)).Ok ? known : fresh;
        if (folder == known) return folder;
        var made = await MakeAsync(folder, site.User, stop);
        if (!made.Ok)
        {
            return new Trouble($"The socket's folder {folder} cannot be made ({Trouble.ReasonIn(made.Errors)}): "
                + $"user {site.User.Name} must be able to write in {site.Options.SocketRoot}.");
        }

        if (await site.User.WriteFileAsync(memory, folder + "\n", stop) is { } trouble) return trouble;
        return folder;
    }

    /// <summary>The socket's path in a folder.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, $".s.PGSQL.{Bootstrap.Port}");

    private static Trouble TooLong(string root) =>
        new($"A socket in {root} would have a path over {LongestPath} bytes, which the system refuses: "
            + "choose a shorter folder for sockets.");

    private static Task<Ran> MakeAsync(string folder, OsUser user, CancellationToken stop) =>
        user.RunAsync("mkdir", ["-m", "0700", folder], null, stop);

    public static Task RemoveAsync(string folder, OsUser user) =>
        user.RunAsync("rmdir", [folder], null, CancellationToken.None);

    /// <summary>A real folder, not a link, of PostgreSQL's user, closed to everybody else.</summary>
    internal static async Task<bool> IsOursAsync(string folder, OsUser user, CancellationToken stop)
    {
        var found = await user.RunAsync("find", [folder, "-maxdepth", "0", "-type", "d", "-user", user.Name, "-perm", "0700"], null, stop);
        return found is { Ok: true, Output.Length: > 0 };
    }
}
