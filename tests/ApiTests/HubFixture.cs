using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using Liaison.Api;
using Liaison.Hub;
using Liaison.Members.Demo;
using Liaison.Platform.Access;
using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Liaison.Platform.Data.PrivatePostgres;
using Liaison.Platform.Secrets;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: AssemblyFixture(typeof(ApiTests.TestCluster))]

namespace ApiTests;

/// <summary>One PostgreSQL per run; a migrated template that every test class clones.</summary>
public sealed class TestCluster : IAsyncLifetime
{
    private const string Template = "liaison_template";
    private readonly string folder = TestFolder.Make("liaison-tests-");
    private int databases;

    public PrivateCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = PrivatePostgresOptions.FromEnvironment(folder) with { Durable = false };
        var start = await PrivateCluster.StartAsync(options, NullLogger.Instance, TimeProvider.System, CancellationToken.None);
        Cluster = start is ClusterStart.Started started ? started.Cluster
            : throw new InvalidOperationException(((ClusterStart.Refused)start).Problem);
        await Cluster.CreateDatabaseAsync(Template);
        var owner = Cluster.ConnectionString(ClusterRole.Owner, Template);
        await Migrator.MigrateAsync(owner, HubHost.Migrations, TimeProvider.System, CancellationToken.None);
        await Callers.RecordAsync(owner);
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>The name of a fresh, migrated database.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"hub_{Interlocked.Increment(ref databases)}";
        await Cluster.CreateDatabaseAsync(name, Template);
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

internal static class TestFolder
{
    /// <summary>
    /// A new folder that other users may pass through: PostgreSQL's own user must reach the cluster in it when the tests run as root.
    /// </summary>
    public static string Make(string prefix)
    {
        var folder = Directory.CreateTempSubdirectory(prefix);
        if (!OperatingSystem.IsWindows()) folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return folder.FullName;
    }
}

/// <summary>A real hub on a real port over a database of its own, with a caller for every role that tests need.</summary>
public class HubFixture(TestCluster cluster) : IAsyncLifetime
{
    private readonly List<HttpClient> clients = [];
    private readonly string folder = Directory.CreateTempSubdirectory("liaison-node-").FullName;
    private readonly KeyFile keys = KeyFile.Fresh();
    private int nodes;
    private WebApplication? app;

    public string Database { get; private set; } = "";

    /// <summary>What the hub logged, from <see cref="LeastLogged"/> on.</summary>
    internal CapturedLog Log { get; } = new();

    /// <summary>Everything only where the text is looked at: it is costly.</summary>
    protected virtual LogLevel LeastLogged => LogLevel.Information;

    public Uri Address => new(app!.Urls.First());

    public IServiceProvider Services => app!.Services;

    protected virtual TimeProvider Clock => TimeProvider.System;

    protected virtual string EnvironmentName => "Development";

    protected virtual Frontage Frontage => new();

    private protected virtual ServerCertificate? Certificate => null;

    protected virtual ProviderOptions Providers => new();

    private protected virtual OutwardOptions Webhooks => new();

    protected virtual HitOptions Hits => new();

    protected virtual RateLimits Rates => RateLimits.Usual;

    /// <summary>A folder for what a test writes, which goes with the hub's.</summary>
    private protected string Own => Directory.CreateDirectory(Path.Combine(folder, "own")).FullName;

    /// <summary>Where the first node puts files aside.</summary>
    private protected string SpoolOfFirst => First.SpoolFolder;

    private protected NodeOptions First => Node(Path.Combine(folder, "first"));

    protected virtual NodeOptions Node(string nodeFolder) => new(nodeFolder) { MostUploadBytes = 16 << 20 };

    public string AppConnectionString => cluster.Cluster.ConnectionString(ClusterRole.App, Database);

    public string OwnerConnectionString => cluster.Cluster.ConnectionString(ClusterRole.Owner, Database);

    public virtual async ValueTask InitializeAsync()
    {
        Database = await cluster.NewDatabaseAsync();
        app = await StartHubAsync("first");
    }

    /// <summary>Another node over the same database.</summary>
    public Task<WebApplication> StartHubAsync(bool untilReady = true) => StartHubAsync($"node-{Interlocked.Increment(ref nodes)}", untilReady);

    private async Task<WebApplication> StartHubAsync(string node, bool untilReady = true)
    {
        var settings = new HubSettings(AppConnectionString, Node(Path.Combine(folder, node)), 0, EnvironmentName)
        {
            Clock = Clock, Keys = keys, Frontage = Frontage, Certificate = Certificate, Rates = Rates, Providers = Providers, Webhooks = Webhooks, Hits = Hits,
        };
        var hub = HubHost.Build(settings, logging => logging.SetMinimumLevel(LeastLogged).AddProvider(Log));
        await hub.StartAsync();
        if (untilReady) await hub.WaitUntilReadyAsync();
        return hub;
    }

    public async Task RestartAsync(Func<Task>? whileDown = null, bool untilReady = true)
    {
        await app!.StopAsync();
        await app.DisposeAsync();
        if (whileDown is not null) await whileDown();
        app = await StartHubAsync("first", untilReady);
        foreach (var client in clients) client.Dispose();
        clients.Clear();
    }

    /// <summary>The typed client in the name of a caller.</summary>
    public LiaisonClient As(string token) => new(Http(null), token);

    /// <summary>A bare client, with the caller's token when one is given.</summary>
    public HttpClient Http(string? token)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        clients.Add(client);
        return client;
    }

    public Task WaitUntilReadyAsync() => app!.WaitUntilReadyAsync();

    /// <summary>Reads one value as the owner of the database.</summary>
    public async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var connection = new NpgsqlConnection(OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Returns when every event of the outbox was taken.</summary>
    public async Task UntilDispatchedAsync()
    {
        for (var tries = 0; await ScalarAsync<bool>("SELECT EXISTS (SELECT FROM platform.outbox WHERE dispatched_at IS NULL)"); tries++)
        {
            if (tries == 600) throw new TimeoutException("The outbox was not read to its end in 30 s.");
            await Task.Delay(50);
        }
    }

    internal async Task UntilAsync(Func<Task<bool>> reached, string what, int seconds = 60)
    {
        for (var began = Stopwatch.GetTimestamp(); !await reached(); await Task.Delay(50))
            Assert.True(Stopwatch.GetElapsedTime(began).TotalSeconds < seconds, $"not within {seconds} s: {what}");
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>The callers of the tests: synthetic accounts of real member codes, whose tokens are in the database as issued ones are.</summary>
public static class Callers
{
    public const string Utopia = "token-of-utopia", France = "token-of-france", Germany = "token-of-germany", Kingdom = "token-of-kingdom",
        Searcher = "token-of-searcher", Airline = "token-of-airline", BorderPost = "token-of-border-post", Nobody = "token-of-nobody",
        Administrator = "token-of-administrator", SecondAdministrator = "token-of-second-administrator", Bureau = "token-of-bureau", NoPurpose = "token-of-no-purpose",
        UtopiaBureau = "token-of-utopia-bureau", UtopiaChief = "token-of-utopia-chief";

    public static readonly string[] Everything = ["hub.status", "travelDocuments.search", "travelDocuments.read", "travelDocuments.write", "hits.read", "hits.report", "hits.answer", "hits.message", "hits.watch", "events.read", "webhooks.manage"];

    private static readonly string[] AllRights = [.. Everything, "members.read", "members.manage", "hub.administer", "hits.administer"];

    private static readonly SeedMember[] Members =
    [
        new("UTO", "country", "Utopia"), new("FRA", "country", "France") { Units = ["FRA/BORDER", "FRA/BORDER/CDG"] },
        new("DEU", "country", "Germany"), new("GBR", "country", "United Kingdom"), new("AIRWAYS", "carrier", "Airways"),
        new("SECRETARIAT", "secretariat", "Secretariat"),
    ];

    private static readonly SeedAccount[] Accounts =
    [
        Account(Utopia, "UTO", Everything), Account(France, "FRA", Everything), Account(Germany, "DEU", Everything),
        Account(Kingdom, "GBR", Everything), Account(Searcher, "FRA", ["travelDocuments.search"]), Account(Nobody, "FRA", []),
        Account(NoPurpose, "FRA", Everything) with { Purpose = null }, Account(Airline, "AIRWAYS", Everything) with { Purpose = "carrierCheck" },
        Account(Administrator, "SECRETARIAT", AllRights), Account(SecondAdministrator, "SECRETARIAT", AllRights),
        Account(UtopiaBureau, "UTO", ["members.read", "members.manage"]), Account(UtopiaChief, "UTO", [.. Everything, "members.manage"]),
        Account(Bureau, "FRA", ["members.read", "members.manage"]), Account(BorderPost, "FRA", Everything) with { Unit = "FRA/BORDER/CDG" },
    ];

    /// <summary>Into a database that has just been migrated.</summary>
    /// <param name="connectionString">As its owner.</param>
    internal static async Task RecordAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await Seed.InsertAsync(connection, Members, Accounts, TimeProvider.System.GetUtcNow().AddYears(-1), CancellationToken.None);
    }

    private static SeedAccount Account(string token, string member, string[] permissions) =>
        new(token.Replace("token-of-", "", StringComparison.Ordinal), member, permissions, "borderControl", token)
        {
            // Longer than any test moves the clock, as the agreements began before.
            TokenLasts = TimeSpan.FromDays(36_500),
        };
}

/// <summary>Keeps every log line, formatted, with its state and exception.</summary>
internal sealed class CapturedLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        Lines.Enqueue($"scope {state}");
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}

internal static class Readiness
{
    public static async Task WaitUntilReadyAsync(this WebApplication hub)
    {
        using var http = new HttpClient { BaseAddress = new Uri(hub.Urls.First()) };
        for (var tries = 0; tries < 600; tries++)
        {
            using var response = await http.GetAsync(new Uri(Routes.Ready, UriKind.Relative));
            if (response.IsSuccessStatusCode) return;
            await Task.Delay(50);
        }

        throw new TimeoutException("The hub did not become ready in 30 s.");
    }
}
