using Liaison.Api;
using Liaison.Api.Events;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Jobs;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Liaison.Platform.Events;

/// <summary>What members are told: the feed that they read (docs/adr/0018-members-are-told.md).</summary>
public static class EventRoutes
{
    public static readonly AuditEventKind Read = new("events.read", "A member read, or waited for, the events that it is told.");

    public static IReadOnlyList<AuditEventKind> AuditEvents { get; } = [Read];

    private static readonly Right ReadRight = new("events.read", "Read all events that the member is told, by system or person");

    internal const int RemovedAtOnce = 5_000;

    /// <summary>How long events are kept.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    internal static void AddEvents(this IServiceCollection services, TimeProvider clock)
    {
        services.AddSingleton<FeedWaits>();
        services.AddHostedService(s => s.GetRequiredService<FeedWaits>());
        services.AddSingleton<ReadEvents>();
        services.AddSingleton(Removal(clock));
    }

    internal static Job Removal(TimeProvider clock) => Job.InParts("events.remove", TimeSpan.FromHours(1), async (connection, cancellation) =>
        await FeedRows.RemoveAsync(connection, clock.GetUtcNow() - Kept, RemovedAtOnce, cancellation) == RemovedAtOnce);

    public static void MapEvents(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(Routes.Events).WithTags("Events");

        routes.MapGet("/", (HttpContext http, ReadEvents read, string? after, string? wait, string? limit) => read.HandleAsync(http, after, wait, limit))
            .Named("readEvents", "What is your member told? CloudEvents in order after a cursor; with wait the answer comes as soon as there is one")
            .Needs(ReadRight, Read).Produces<CloudEvent[]>(200, CloudEvent.BatchMediaType)
            .Refuses(PlatformProblems.EventsGone);
    }
}
