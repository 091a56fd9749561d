using System.Diagnostics;
using System.Globalization;

namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>
/// One process and not its successor: pids are used again, so the moment it started belongs to its identity.
/// </summary>
internal readonly record struct ProcessMark(int Pid, string Started)
{
    /// <summary>Whether this very process still runs. A zombie does not: where nobody reaps it, it would seem to live for ever.</summary>
    public bool Lives => ProcessTable.Find(Pid) is { } now && now == this;
}

/// <summary>Finds PostgreSQL's processes by what the operating system says of them, since a pid file may be a lie.</summary>
internal static class ProcessTable
{
    /// <summary>The living process with this pid; null when there is none.</summary>
    public static ProcessMark? Find(int pid)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                using var process = Process.GetProcessById(pid);
                return process.HasExited ? null : new ProcessMark(pid, process.StartTime.Ticks.ToString(CultureInfo.InvariantCulture));
            }

            // proc(5): the name in parentheses may hold anything; after it come the state (field 3) and, as field 22, the start.
            var stat = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" or "x" ? null : new ProcessMark(pid, fields[19]);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Every living process of PostgreSQL that works in the data folder: the postmaster and, when it died, its orphans.</summary>
    /// <remarks>Off Linux only the process of the pid file is found; PostgreSQL itself then refuses to start beside orphans.</remarks>
    public static async Task<IReadOnlyList<ProcessMark>> PostgresInAsync(string data, int? pidInFile, OsUser user, CancellationToken stop)
    {
        if (OperatingSystem.IsLinux()) return await LinuxAsync(data, user, stop);
        if (pidInFile is not { } pid || Find(pid) is not { } mark) return [];
        var ps = await user.RunAsync("ps", ["-ww", "-o", "command=", "-p", pid.ToString(CultureInfo.InvariantCulture)], null, stop);
        return ps.Output.Contains("postgres", StringComparison.Ordinal) && ps.Output.Contains(data, StringComparison.Ordinal) ? [mark] : [];
    }

    private static async Task<IReadOnlyList<ProcessMark>> LinuxAsync(string data, OsUser user, CancellationToken stop)
    {
        List<ProcessMark> named = [];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) continue;
            if (IsPostgres(folder) && Find(pid) is { } mark) named.Add(mark);
        }

        if (named.Count == 0) return [];
        // The folder a process works in is told to its own user only; even root needs a capability that containers drop.
        var pids = named.Select(mark => mark.Pid.ToString(CultureInfo.InvariantCulture));
        const string Where = "for p; do printf '%s %s\\n' \"$p\" \"$(readlink \"/proc/$p/cwd\")\"; done";
        var ran = await user.RunAsync("sh", ["-c", Where, "sh", .. pids], null, stop);
        var here = ran.Output.Split('\n').ToHashSet(StringComparer.Ordinal);
        return [.. named.Where(mark => here.Contains($"{mark.Pid.ToString(CultureInfo.InvariantCulture)} {data}"))];
    }

    private static bool IsPostgres(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "comm")).TrimEnd() == "postgres";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
