using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Liaison.Platform.Access;
using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Liaison.Platform.Secrets;
using Liaison.Platform.Web;

namespace Liaison.Hub;

/// <summary>
/// What the process's environment says of this hub. The only place of the hub that reads it, so that docs/operate/options.md can be held
/// against it by a test.
/// </summary>
internal static class HubEnvironment
{
    private const int LargestPort = 65535;

    private static readonly Dictionary<char, TimeSpan> Units = new()
    {
        ['s'] = TimeSpan.FromSeconds(1), ['m'] = TimeSpan.FromMinutes(1), ['h'] = TimeSpan.FromHours(1), ['d'] = TimeSpan.FromDays(1),
    };

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
    /// <exception cref="UnsafeStartException">It is no connection string, or not a safe one.</exception>
    public static string? Database => DatabaseLine.Read("LIAISON_DATABASE", Read, Name);

    /// <summary>As <c>liaison_owner</c>.</summary>
    /// <exception cref="UnsafeStartException">It is no connection string, or not a safe one.</exception>
    public static string? OwnerDatabase => DatabaseLine.Read("LIAISON_OWNER_DATABASE", Read, Name);

    /// <summary>systemd says by it that what the process prints goes to the journal, unless it goes to a terminal after all.</summary>
    public static bool IsPrintedToJournal => Read("JOURNAL_STREAM") is not null && Console.IsOutputRedirected;

    public static string? Urls => Read("LIAISON_URLS");

    /// <summary>The checkout, where a development hub leaves its address and accounts.</summary>
    public static string? Home => Read("LIAISON_HOME");

    /// <summary>How the hub is reached from outside.</summary>
    /// <exception cref="UnsafeStartException">A value cannot be understood.</exception>
    public static Frontage Frontage() => new()
    {
        Address = PublicAddress("LIAISON_ADDRESS"),
        CertificateAddress = PublicAddress("LIAISON_CLIENT_CERTIFICATE_ADDRESS"),
        Proxies = Networks("LIAISON_PROXIES"),
    };

    /// <summary>What members' own OpenID Connect providers may be.</summary>
    /// <exception cref="UnsafeStartException">A value cannot be understood.</exception>
    public static ProviderOptions Providers()
    {
        var folder = Read("LIAISON_PROVIDER_SECRETS");
        if (folder is not null && !Directory.Exists(folder)) throw new UnsafeStartException($"LIAISON_PROVIDER_SECRETS is a folder, and {folder} is none.");
        return new() { Networks = Networks("LIAISON_PROVIDER_NETWORKS"), SecretFolder = folder };
    }

    /// <summary>The hub's own certificate with its key, or null.</summary>
    /// <exception cref="UnsafeStartException">It cannot be read.</exception>
    public static ServerCertificate? Certificate()
    {
        if (Read("LIAISON_CERTIFICATE") is not { } path) return null;
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(path);
            return new(X509Certificate2.CreateFromPemFile(path, Read("LIAISON_CERTIFICATE_KEY")), chain);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UnsafeStartException(
                "LIAISON_CERTIFICATE names a PEM file with the certificate, and LIAISON_CERTIFICATE_KEY one with its key unless it is in the first; "
                + $"they cannot be read ({unreadable.GetType().Name}).");
        }
    }

    private static Uri? PublicAddress(string name)
    {
        if (Read(name) is not { } text) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.PathAndQuery == "/" && address.Fragment.Length == 0 && address.UserInfo.Length == 0
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            ? address : throw new UnsafeStartException($"{name} is scheme, host and port as everybody writes them: https://hub.example, not {text}.");
    }

    private static IPNetwork[] Networks(string variable)
    {
        return [.. (Read(variable) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Network)];

        IPNetwork Network(string text) =>
            IPNetwork.TryParse(text, out var network) ? network
            : IPAddress.TryParse(text, out var one) ? new(one, one.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
            : throw new UnsafeStartException($"{variable} lists addresses and networks as 192.0.2.7,2001:db8::/64, with commas between; {text} is none.");
    }

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
        StandbyConnectionString = DatabaseLine.Read("LIAISON_STANDBY_DATABASE", Read, Name),
    };

    /// <exception cref="UnsafeStartException">A value cannot be understood.</exception>
    public static RetentionOptions Retention()
    {
        var usual = new RetentionOptions();
        return new()
        {
            RemindBefore = Days("LIAISON_REMIND_DAYS", usual.RemindBefore),
            ExpireAfter = Days("LIAISON_EXPIRE_DAYS", usual.ExpireAfter),
            AfterReminder = Days("LIAISON_GRACE_DAYS", usual.AfterReminder),
            KeepEnded = Days("LIAISON_PURGE_DAYS", usual.KeepEnded),
        };
    }

    /// <summary>How hits are gone after.</summary>
    /// <exception cref="UnsafeStartException">A value cannot be understood.</exception>
    public static HitOptions Hits()
    {
        var usual = new HitOptions();
        var hours = Read("LIAISON_HIT_JOIN_HOURS");
        if (hours is not null && !(int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) && whole <= 8784))
            throw new UnsafeStartException($"LIAISON_HIT_JOIN_HOURS is a whole number of hours up to 8784, as 24, not {hours}.");
        return new()
        {
            Clocks = Read("LIAISON_HIT_CLOCKS") is { } clocks ? Clocks(clocks) : usual.Clocks,
            JoinWithin = hours is null ? usual.JoinWithin : TimeSpan.FromHours(int.Parse(hours, CultureInfo.InvariantCulture)),
            CloseAfter = Days("LIAISON_HIT_CLOSE_DAYS", usual.CloseAfter),
            KeepClosed = Days("LIAISON_HIT_DAYS", usual.KeepClosed),
            KeepSearches = Days("LIAISON_KEPT_SEARCH_DAYS", usual.KeepSearches, least: 0),
        };
    }

    /// <summary>Those that are not named stay as they are.</summary>
    private static Dictionary<string, TimeSpan> Clocks(string text)
    {
        var clocks = HitOptions.UsualClocks.ToDictionary();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Split('=') is not [var priority, [.. var number, var unit]] || !clocks.ContainsKey(priority)
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 100_000
                || !Units.TryGetValue(unit, out var length))
            {
                throw new UnsafeStartException("LIAISON_HIT_CLOCKS says how long an owner has, as immediate=10m,urgent=1h,routine=8h,low=7d, in s, m, h or d; "
                    + $"{part} is not understood.");
            }

            clocks[priority] = count * length;
        }

        return clocks;
    }

    private static TimeSpan Days(string variable, TimeSpan usual, int least = 1)
    {
        if (Read(variable) is not { } text) return usual;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days >= least && days <= 36_500
            ? TimeSpan.FromDays(days)
            : throw new UnsafeStartException($"{variable} is a whole number of days from {least} to 36500, not {text}.");
    }

    /// <exception cref="UnsafeStartException">A value cannot be understood.</exception>
    public static RateLimits Rates()
    {
        var usual = RateLimits.Usual;
        return new(Of("LIAISON_RATE_ACCOUNT", usual.Account, "second"), Of("LIAISON_RATE_MEMBER", usual.Member, "second"))
        {
            Unknown = Of("LIAISON_RATE_UNKNOWN", usual.Unknown, "minute"), Devices = Of("LIAISON_RATE_DEVICES", usual.Devices, "minute"),
            Failures = Of("LIAISON_RATE_FAILURES", usual.Failures, "minute"), Tokens = Of("LIAISON_RATE_TOKENS", usual.Tokens, "minute"),
            MemberTokens = Of("LIAISON_RATE_MEMBER_TOKENS", usual.MemberTokens, "minute"),
        };

        static int Of(string name, int usual, string time) => Read(name) is not { } text ? usual
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate > 0 ? rate
            : throw new UnsafeStartException($"{name} is a number of requests in a {time}, as {usual}.");
    }

    private static TimeSpan StaleAfter()
    {
        if (Read("LIAISON_STALE_AFTER") is not { } text) return NodeOptions.UsualStaleAfter;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.5 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new UnsafeStartException("LIAISON_STALE_AFTER is a number of seconds from 0.5 to 3600, as 5.");
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
