using System.Globalization;
using System.Net;
using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Liaison.Platform.Secrets;
using Npgsql;

namespace Liaison.Hub;

/// <summary>
/// What the process's environment says of this hub. The only place of the hub that reads it, so that docs/operate/options.md can be held
/// against it by a test.
/// </summary>
internal static class HubEnvironment
{
    private const int LargestPort = 65535;

    /// <summary>
    /// Read by the OpenTelemetry SDK under their standard names; nothing else of its family is passed on to it. Without one of the endpoints
    /// nothing is exported.
    /// </summary>
    private static readonly string[] Otel =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_METRIC_EXPORT_INTERVAL",
        "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG",
    ];

    /// <summary><c>DOTNET_ENVIRONMENT</c> (or ASP.NET's), and Production when nothing is said: the safe one is the default.</summary>
    public static string Name => Read("DOTNET_ENVIRONMENT") ?? Read("ASPNETCORE_ENVIRONMENT") ?? Environments.Production;

    /// <summary>As <c>liaison_app</c>; null for a private PostgreSQL.</summary>
    public static string? Database => Read("LIAISON_DATABASE");

    /// <summary>As <c>liaison_owner</c>.</summary>
    public static string? OwnerDatabase => Read("LIAISON_OWNER_DATABASE");

    public static string? Urls => Read("LIAISON_URLS");

    /// <summary>The checkout, where a development hub leaves its address and accounts.</summary>
    public static string? Home => Read("LIAISON_HOME");

    /// <summary>The secret that all nodes share; a development hub makes its own in its folder.</summary>
    /// <exception cref="KeyFileException">It cannot be used.</exception>
    /// <exception cref="UnsafeStartException">None is named outside Development.</exception>
    public static KeyFile Keys(string dataFolder)
    {
        if (Read("LIAISON_KEY_FILE") is { } path) return KeyFile.Read(path, make: false);
        if (Name != Environments.Development)
            throw new UnsafeStartException(
                "LIAISON_KEY_FILE names no file. Make one and give every node the same: (umask 077; openssl rand -base64 32 > hub.key).");
        return KeyFile.Read(Path.Combine(Directory.CreateDirectory(dataFolder).FullName, KeyFile.Name), make: true);
    }

    /// <summary>This node's own folder and limits.</summary>
    /// <param name="dataFolder">Of the command line.</param>
    /// <param name="databaseFolder">Of the private PostgreSQL, or null.</param>
    /// <exception cref="UnsafeStartException">A value cannot be understood.</exception>
    public static NodeOptions Node(string dataFolder, string? databaseFolder = null) => new(dataFolder)
    {
        DatabaseFolder = databaseFolder,
        MinFree = Read("LIAISON_MIN_FREE") is not { } text ? NodeOptions.DefaultMinFree
            : Size(text) ?? throw new UnsafeStartException($"LIAISON_MIN_FREE is a size as 2G or 500M, not {text}."),
        StaleAfter = StaleAfter(),
        StandbyConnectionString = Standby(),
    };

    /// <exception cref="UnsafeStartException">A value cannot be understood.</exception>
    public static RetentionOptions Retention()
    {
        var usual = new RetentionOptions();
        return new()
        {
            RemindBefore = Days("LIAISON_REMIND_DAYS", usual.RemindBefore),
            ExpireAfter = Days("LIAISON_EXPIRE_DAYS", usual.ExpireAfter),
            KeepEnded = Days("LIAISON_PURGE_DAYS", usual.KeepEnded),
        };
    }

    private static TimeSpan Days(string variable, TimeSpan usual)
    {
        if (Read(variable) is not { } text) return usual;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= 36_500
            ? TimeSpan.FromDays(days)
            : throw new UnsafeStartException($"{variable} is a whole number of days from 1 to 36500, not {text}.");
    }

    private static TimeSpan StaleAfter()
    {
        if (Read("LIAISON_STALE_AFTER") is not { } text) return NodeOptions.UsualStaleAfter;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.5 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new UnsafeStartException("LIAISON_STALE_AFTER is a number of seconds from 0.5 to 3600, as 5.");
    }

    private static string? Standby()
    {
        if (Read("LIAISON_STANDBY_DATABASE") is not { } standby) return null;
        try
        {
            return new NpgsqlConnectionStringBuilder(standby).ConnectionString;
        }
        catch (ArgumentException)
        {
            // Its message may quote the password.
            throw new UnsafeStartException("LIAISON_STANDBY_DATABASE is no connection string of Npgsql, as Host=standby.example;Database=liaison;Username=liaison_app.");
        }
    }

    /// <exception cref="UnsafeStartException">A value cannot be understood.</exception>
    public static TelemetrySettings Telemetry()
    {
        var address = Read("LIAISON_METRICS_ADDRESS") ?? "127.0.0.1";
        if (!IPAddress.TryParse(address, out var ip))
            throw new UnsafeStartException($"LIAISON_METRICS_ADDRESS is an IP address of this machine, not {address}.");
        IPEndPoint? metrics = null;
        if (Read("LIAISON_METRICS_PORT") is { } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > LargestPort)
                throw new UnsafeStartException($"LIAISON_METRICS_PORT is a number up to {LargestPort}, not {text}.");
            metrics = new(ip, port);
        }

        return new(Otel.Where(n => Read(n) is not null).ToDictionary(n => n, Read), metrics);
    }

    /// <summary>Bytes, or with K, M, G or T at the end in steps of 1024; null when it is no size.</summary>
    internal static long? Size(string text)
    {
        var shift = text.Length == 0 ? 0 : "KMGT".IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal) switch { -1 => 0, var i => (i + 1) * 10 };
        var digits = shift == 0 ? text : text[..^1];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue >> shift
            ? number << shift
            : null;
    }

    /// <summary>A variable that is empty is one that is not set.</summary>
    private static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
