namespace Liaison.Platform.Data;

/// <summary>What belongs to one node of a hub and not to the database that nodes share.</summary>
/// <param name="Folder">Where it keeps its index, and uploads while they are read. One process at a time.</param>
public sealed record NodeOptions(string Folder)
{
    public const long DefaultMinFree = 2L << 30;

    public static readonly TimeSpan UsualStaleAfter = TimeSpan.FromSeconds(5);

    /// <summary>A node that cannot follow the database for longer turns unready and marks its answers.</summary>
    public TimeSpan StaleAfter { get; init; } = UsualStaleAfter;

    /// <summary>A standby that the node may read candidates' records from, as <c>liaison_app</c>; null when it has none.</summary>
    public string? StandbyConnectionString { get; init; }

    /// <summary>Change sets of more records are loaded beside the small ones, which they would hold up.</summary>
    public int LargeChangeSet { get; init; } = 20_000;

    /// <summary>The largest file that an import takes, as it is sent.</summary>
    public long MostUploadBytes { get; init; } = 8L << 30;

    /// <summary>Of the private PostgreSQL; null when the database is another machine's to watch.</summary>
    public string? DatabaseFolder { get; init; }

    /// <summary>Bytes. With less left on a disk of the hub the node turns unready; with less than half of it, writes are refused.</summary>
    public long MinFree { get; init; } = DefaultMinFree;

    /// <summary>Bytes left to the hub's user on the disk of a folder.</summary>
    public Func<string, long> FreeSpace { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;

    public string IndexFolder(string dataset) => Path.Combine(Folder, "index", dataset);

    public string SpoolFolder => Path.Combine(Folder, "spool");
}

/// <summary>The node's folder cannot be used; the message says what to do.</summary>
public sealed class NodeFolderException(string message, Exception inner) : Exception(message, inner);
