using System.Reflection;
using Liaison.Api;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Web;
using Npgsql;

namespace Liaison.Hub;

/// <summary>The hub's own routes: is it alive, can it answer, what does it know.</summary>
internal sealed class HubRoutes(
    NpgsqlDataSource database, IEnumerable<IDataset> datasets, DiskGuard disk, AuditWriter audit, TimeProvider clock, IHostEnvironment environment)
{
    /// <summary>What an account needs to see the state of the hub.</summary>
    public static readonly Right StatusPermission = new("hub.status", "See what runs here and how much it knows");

    private static readonly TimeSpan DatabasePatience = TimeSpan.FromSeconds(2);

    private readonly DateTimeOffset startedAt = clock.GetUtcNow();

    public static string Version { get; } =
        typeof(HubRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static IResult Live() => Answers.Json(new Health("alive", []), LiaisonJson.Default.Health);

    public async Task<IResult> ReadyAsync(HttpContext http)
    {
        var reasons = datasets.Select(d => d.WhyNotReady).OfType<string>().ToList();
        if (disk.WhyNotReady is { } full) reasons.Add(full);
        if (!await DatabaseAnswersAsync(http.RequestAborted)) reasons.Add("The database does not answer.");
        return reasons.Count == 0
            ? Answers.Json(new Health("ready", []), LiaisonJson.Default.Health)
            : Answers.Json(new Health("notReady", reasons), LiaisonJson.Default.Health, StatusCodes.Status503ServiceUnavailable);
    }

    public async Task<IResult> StatusAsync(HttpContext http)
    {
        var caller = Caller.Of(http);
        await audit.AppendAsync(AuditEntry.Of(caller, AuditEvents.StatusRead, "done", clock.GetUtcNow()), [], http.RequestAborted);
        return Answers.Json(new HubStatus
        {
            Version = Version,
            Environment = environment.EnvironmentName,
            StartedAt = startedAt,
            Caller = new(caller.Account, caller.Member, [.. caller.Permissions.Order(StringComparer.Ordinal)]),
            AsOf = datasets.Select(d => d.AsOf).OrderBy(a => a.Position).FirstOrDefault() ?? new(0, clock.GetUtcNow()),
            Records = datasets.ToDictionary(d => d.Name, d => caller.MemberKind is MemberKind.Secretariat ? d.Records : d.Records - d.Records % 1_000),
        }, LiaisonJson.Default.HubStatus);
    }

    private async Task<bool> DatabaseAnswersAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(DatabasePatience);
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(patience.Token);
            return true;
        }
        catch (Exception away) when (away is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            return false;
        }
    }
}

internal static class HubRouteTable
{
    public static void MapHub(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("").WithTags("Hub");

        routes.MapGet(Routes.Live, HubRoutes.Live)
            .Named("isAlive", "Is the process alive?").OpenToAll("A load balancer has no account").Answers<Health>();

        routes.MapGet(Routes.Ready, (HttpContext http, HubRoutes hub) => hub.ReadyAsync(http))
            .Named("isReady", "Can it answer searches now, and if not, why?").OpenToAll("A load balancer has no account")
            .Answers<Health>().Answers<Health>(StatusCodes.Status503ServiceUnavailable);

        routes.MapGet(Routes.Status, (HttpContext http, HubRoutes hub) => hub.StatusAsync(http))
            .Named("readStatus", "What runs here, how much it knows, and who you are to it")
            .Needs(HubRoutes.StatusPermission, AuditEvents.StatusRead).Answers<HubStatus>();
    }
}
