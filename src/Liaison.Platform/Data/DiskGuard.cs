using Liaison.Api;
using Liaison.Platform.Web;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Liaison.Platform.Data;

/// <summary>
/// Watches the disks of this node. PostgreSQL stops when it cannot write, and with it the audit and every answer; so a node turns unready
/// while there is still room, and refuses writes before searches: a balancer sends the questions elsewhere, and what is left is the audit's.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed partial class DiskGuard(NodeOptions node, TimeProvider clock, ILogger<DiskGuard> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private volatile IReadOnlyList<WatchedDisk> disks = [];
    private bool wasShort;

    /// <summary>As of the last look, at most two seconds ago. A disk that does not tell is not in it.</summary>
    public IReadOnlyList<WatchedDisk> Disks => disks;

    /// <summary>Null when there is room.</summary>
    public string? WhyNotReady => Shortest(node.MinFree) is { } disk ? $"The disk of the {disk.Name} folder is nearly full." : null;

    /// <summary>The problem of every write now, or null.</summary>
    public Problem? RefuseWrite() => Shortest(node.MinFree / 2) is null ? null
        : PlatformProblems.DiskNearlyFull.With("Nothing was written. Searches go on. Send it again when the hub's operator has made room.");

    /// <summary>The problem of a file that is to be stored now, or null: it may not bring a disk under the limit.</summary>
    /// <param name="bytes">Its length, when it was told.</param>
    public Problem? RefuseUpload(long? bytes) => Shortest(node.MinFree + (bytes ?? 0)) is null ? null
        : PlatformProblems.DiskNearlyFull.With("The file was not taken. Send it again when the hub's operator has made room.");

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Look();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
    }

    private void Look()
    {
        var seen = new List<WatchedDisk>(2);
        Add("data", node.Folder);
        if (node.DatabaseFolder is { } database) Add("database", database);
        disks = seen;
        var isShort = WhyNotReady is not null;
        if (isShort == wasShort) return;
        wasShort = isShort;
        if (isShort) LogShort(WhyNotReady!, node.MinFree >> 20);
        else LogRoom();

        void Add(string name, string folder)
        {
            if (Free(folder) is { } free) seen.Add(new(name, free));
        }
    }

    private long? Free(string folder)
    {
        try
        {
            // The folder may not be made yet; its disk is that of the nearest one that is.
            var there = Path.GetFullPath(folder);
            while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } above) there = above;
            return node.FreeSpace(there);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A file system that tells nothing is no reason to refuse; a full one will tell by itself.
            return null;
        }
    }

    private WatchedDisk? Shortest(long than) => disks.Where(d => d.Free < than).MinBy(d => d.Free);

    [LoggerMessage(60, LogLevel.Error, "{Why} The node is unready until {Megabytes} MiB are free.")]
    private partial void LogShort(string why, long megabytes);

    [LoggerMessage(61, LogLevel.Information, "There is room on the disks again.")]
    private partial void LogRoom();
}

/// <param name="Name"><c>data</c> (index and uploads) or <c>database</c> (the private PostgreSQL).</param>
/// <param name="Free">Bytes left to the hub's user.</param>
public sealed record WatchedDisk(string Name, long Free);
