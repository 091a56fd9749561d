using System.Globalization;

namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>A running server.</summary>
/// <param name="Mark">The postmaster's process.</param>
/// <param name="SocketFolder">Where its socket lies.</param>
/// <param name="Adopted">True when it ran already, left by a hub that died.</param>
internal sealed record Server(ProcessMark Mark, string SocketFolder, bool Adopted);

/// <summary>Brings the server of one cluster into the state wanted, whatever state a crash left.</summary>
internal sealed class Postmaster(ClusterSite site, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FastStop = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan OrphansLeave = TimeSpan.FromSeconds(5);

    /// <summary>Adopts the server that runs, or clears away what a dead one left and starts a new one.</summary>
    public async Task<Attempt<Server>> EnsureAsync(CancellationToken stop)
    {
        if (await AdoptAsync(stop) is { } running)
        {
            if (await ServerFiles.WriteAccessAsync(site, stop) is { } unwritable) return unwritable;
            await SignalAsync("HUP", running.Mark, stop);
            return running;
        }

        if (await ClearAsync(stop) is { } trouble) return trouble;
        return await StartAsync(stop);
    }

    /// <summary>Fast shutdown: sessions are ended, everything is written. Returns when the process is gone.</summary>
    public async Task StopAsync(ProcessMark postmaster, CancellationToken stop)
    {
        // By signal, not by "pg_ctl stop": that needs a pid file, which somebody may have deleted.
        await SignalAsync("INT", postmaster, stop);
        if (await GoneAsync(() => Task.FromResult(!postmaster.Lives), FastStop, stop)) return;
        await SignalAsync("QUIT", postmaster, stop);
        await GoneAsync(() => Task.FromResult(!postmaster.Lives), FastStop, stop);
    }

    private async Task<Server?> AdoptAsync(CancellationToken stop)
    {
        while (await ReadPidFileAsync(stop) is { } file)
        {
            var here = await ProcessTable.PostgresInAsync(site.Data, file.Pid, site.User, stop);
            var mark = here.FirstOrDefault(process => process.Pid == file.Pid);
            if (mark == default) return null;
            if (file.Status == "ready")
            {
                if (File.Exists(SocketFolder.PathIn(file.SocketFolder))) return new Server(mark, file.SocketFolder, Adopted: true);
                // It runs, but its socket was deleted: nobody can reach it, so it is started anew.
                await StopAsync(mark, stop);
                return null;
            }

            if (file.Status == "stopping") await StopAsync(mark, stop);
            // Else it starts or recovers, which takes as long as it takes.
            else await Task.Delay(Glance, time, stop);
        }

        return null;
    }

    /// <summary>
    /// Waits for backends that outlive a killed postmaster, then removes its pid file: the pid in it may have been given to another
    /// process, and PostgreSQL would take that for a postmaster.
    /// </summary>
    private async Task<Trouble?> ClearAsync(CancellationToken stop)
    {
        var file = await ReadPidFileAsync(stop);
        async Task<IReadOnlyList<ProcessMark>> OrphansAsync() => await ProcessTable.PostgresInAsync(site.Data, file?.Pid, site.User, stop);

        if (!await GoneAsync(async () => (await OrphansAsync()).Count == 0, OrphansLeave, stop))
        {
            foreach (var orphan in await OrphansAsync()) await SignalAsync("QUIT", orphan, stop);
            if (!await GoneAsync(async () => (await OrphansAsync()).Count == 0, FastStop, stop))
            {
                var pids = string.Join(", ", (await OrphansAsync()).Select(orphan => orphan.Pid));
                return new Trouble(
                    $"An earlier PostgreSQL still works in {site.Data} and does not end: end process {pids} with kill and "
                    + "start again.");
            }
        }

        // Where the process table cannot show orphans, PostgreSQL needs the file to find their shared memory; a pid used again must go.
        if (file is not null && (OperatingSystem.IsLinux() || ProcessTable.Find(file.Pid) is not null))
            await site.User.RunAsync("rm", ["-f", PidFile], null, stop);
        return null;
    }

    private async Task<Attempt<Server>> StartAsync(CancellationToken stop)
    {
        if (!(await SocketFolder.TakeAsync(site, stop)).Is(out var socketFolder, out var trouble)) return trouble;
        if (await ServerFiles.WriteSettingsAsync(site, socketFolder, stop) is { } unwritable) return unwritable;

        var before = new FileInfo(site.Log) is { Exists: true } logged ? logged.Length : 0;
        string[] words = ["start", "-D", site.Data, "-l", site.Log, "-w", "-s", "-t", "86400"];
        Ran started;
        try
        {
            // pg_ctl gives the server a session of its own, so the terminal's Ctrl-C does not reach it. Recovery may take long.
            started = await site.User.RunAsync(site.Binaries.PgCtl, words, null, stop);
        }
        catch (OperationCanceledException)
        {
            if (await ReadPidFileAsync(CancellationToken.None) is { } half && ProcessTable.Find(half.Pid) is { } mark)
                await StopAsync(mark, CancellationToken.None);
            throw;
        }

        if (started.Ok && await ReadPidFileAsync(stop) is { } file && ProcessTable.Find(file.Pid) is { } postmaster)
            return new Server(postmaster, socketFolder, Adopted: false);

        var from = string.Create(CultureInfo.InvariantCulture, $"+{before + 1}");
        var tail = await site.User.RunAsync("tail", ["-c", from, site.Log], null, stop);
        var reason = Trouble.ReasonIn(tail.Output.Length > 0 ? tail.Output : started.Errors);
        return reason.Contains("No space left", StringComparison.Ordinal)
            ? new Trouble($"The disk under {site.Home} is full: free space and start again; the data is safe.")
            : new Trouble($"PostgreSQL would not start ({reason}): correct that and start again; its log is {site.Log}.");
    }

    private string PidFile => Path.Combine(site.Data, "postmaster.pid");

    private async Task<PidFileText?> ReadPidFileAsync(CancellationToken stop) =>
        PidFileText.Parse((await site.User.RunAsync("cat", [PidFile], null, stop)).Output);

    private async Task SignalAsync(string signal, ProcessMark process, CancellationToken stop)
    {
        if (process.Lives)
            await site.User.RunAsync(site.Binaries.PgCtl, ["kill", signal, process.Pid.ToString(CultureInfo.InvariantCulture)], null, stop);
    }

    private async Task<bool> GoneAsync(Func<Task<bool>> gone, TimeSpan patience, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        while (!await gone())
        {
            if (time.GetElapsedTime(began) > patience) return false;
            await Task.Delay(Glance, time, stop);
        }

        return true;
    }
}

/// <summary>
/// What <c>postmaster.pid</c> says: pid, data folder, start, port, socket folder, address, shared memory, state; one a line, the state
/// padded with spaces. A server that just starts has not written all of them.
/// </summary>
internal sealed record PidFileText(int Pid, string SocketFolder, string Status)
{
    public static PidFileText? Parse(string text)
    {
        var lines = text.Split('\n');
        // Older servers in single-user mode write a negative pid.
        return int.TryParse(lines[0].Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var pid) && pid > 0
            ? new PidFileText(pid, lines.ElementAtOrDefault(4)?.Trim() ?? "", lines.ElementAtOrDefault(7)?.Trim() ?? "")
            : null;
    }
}
