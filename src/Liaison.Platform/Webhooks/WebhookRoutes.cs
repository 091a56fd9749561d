using Liaison.Api;
using Liaison.Api.Events;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Events;
using Liaison.Platform.Secrets;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Liaison.Platform.Webhooks;

/// <summary>Addresses that the hub calls: what is done with them, and the route table.</summary>
public static class WebhookRoutes
{
    internal const string Module = "webhooks";

    /// <summary>Outbox event, for the member: the hub calls an address no more. Payload: <c>member</c>, <c>webhook</c>, <c>why</c>.</summary>
    internal const string PausedEvent = "webhooks.paused";

    internal static readonly AuditEventKind Registered = new("webhooks.registered", "A member registered an address that the hub is to call; its record is the webhook.");
    internal static readonly AuditEventKind Resumed = new("webhooks.resumed", "A webhook was called for proof, and is told events from then on.");
    internal static readonly AuditEventKind Paused = new("webhooks.paused", "A webhook was paused, by its member, or by the hub because it did not answer or its secret cannot be opened.");
    internal static readonly AuditEventKind Rotated = new("webhooks.rotated", "A webhook was given a new secret.");
    internal static readonly AuditEventKind Ended = new("webhooks.ended", "A webhook was ended.");
    internal static readonly AuditEventKind Replayed = new("webhooks.replayed", "Events are told to a webhook again.");
    internal static readonly AuditEventKind Listed = new("webhooks.listed", "A member listed its webhooks.");
    internal static readonly AuditEventKind DeadRead = new("webhooks.deadRead", "A member read which events a webhook could not be told.");
    internal static readonly AuditEventKind Called = new("webhooks.called", "The hub set out to tell a webhook events; its records are the webhook and the events.");

    internal static readonly ProblemKind Unknown = new("unknownWebhook", 404, "There is no such webhook");
    internal static readonly ProblemKind Exists = new("webhookExists", 409, "The hub calls this address already");
    internal static readonly ProblemKind NotNow = new("webhookNotNow", 409, "It does not fit the webhook");
    internal static readonly ProblemKind Unanswered = new("webhookUnanswered", 409, "The address did not answer as it should");

    private static readonly Right Manage = new("webhooks.manage", "Say where the hub calls the member's systems with what the member is told");

    public static IReadOnlyList<AuditEventKind> AuditEvents { get; } = [Registered, Resumed, Paused, Rotated, Ended, Replayed, Listed, DeadRead, Called];

    public static IReadOnlyList<ProblemKind> Problems { get; } = [Unknown, Exists, NotNow, Unanswered];

    /// <param name="services">The host's.</param>
    /// <param name="options">Where webhooks may be.</param>
    public static void AddWebhooks(this IServiceCollection services, OutwardOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<WebhookCalls>();
        services.AddSingleton<ActOnWebhook>();
        services.AddHostedService<Deliveries>();
        services.AddSingleton(s => new WebhookSeals(s.GetRequiredService<KeyFile>(), s.GetRequiredService<TimeProvider>()).Job);
        services.AddSingleton(MemberFeed.Of("webhooks.feed", new FeedRule(PausedEvent, "member", "webhook", "webhook", "why")));
    }

    public static void MapWebhooks(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(Routes.Webhooks).WithTags("Events");

        routes.MapGet("/", (HttpContext http, ActOnWebhook act) => act.ListAsync(http))
            .Named("listWebhooks", "The addresses of your member that the hub calls").Needs(Manage, Listed).Answers<WebhookList>();

        routes.MapPost("/", (HttpContext http, ActOnWebhook act) => act.RegisterAsync(http))
            .Named("registerWebhook", "Have the hub call an address with what your member is told; its secret is answered once, and resume begins it")
            .Needs(Manage, Registered).Takes<WebhookRequest>().Answers<Api.Events.Webhook>(201).Refuses(Exists, NotNow);

        routes.MapGet("/{id:guid}/dead", (HttpContext http, ActOnWebhook act, Guid id) => act.DeadAsync(http, id))
            .Named("listDeadEvents", "Events that could not be told, oldest first; at most 500").Needs(Manage, DeadRead).Answers<DeadEvents>().Refuses(Unknown);

        routes.MapPost("/{id:guid}/replay", (HttpContext http, ActOnWebhook act, Guid id) => act.ReplayAsync(http, id))
            .Named("replayWebhook", "Tell it again: one event that could not be told, all of them, or everything after a cursor")
            .Needs(Manage, Replayed).Takes<WebhookReplay>().Answers<Api.Events.Webhook>().Refuses(Unknown, NotNow, PlatformProblems.EventsGone);

        routes.MapPost("/{id:guid}/resume", (HttpContext http, ActOnWebhook act, Guid id) => act.ResumeAsync(http, id))
            .Named("resumeWebhook", "Call the address, signed; when it answers 2xx it is told events from then on")
            .Needs(Manage, Resumed).Answers<Api.Events.Webhook>().Refuses(Unknown, Unanswered);

        routes.MapPost("/{id:guid}/pause", (HttpContext http, ActOnWebhook act, Guid id) => act.PauseAsync(http, id))
            .Named("pauseWebhook", "Call it no more for now; events wait").Needs(Manage, Paused).Answers<Api.Events.Webhook>().Refuses(Unknown);

        routes.MapPost("/{id:guid}/secret", (HttpContext http, ActOnWebhook act, Guid id) => act.RotateAsync(http, id))
            .Named("rotateWebhookSecret", "A new secret, answered once; for a day the one before signs too").Needs(Manage, Rotated).Answers<Api.Events.Webhook>().Refuses(Unknown);

        routes.MapPost("/{id:guid}/end", (HttpContext http, ActOnWebhook act, Guid id) => act.EndAsync(http, id))
            .Named("endWebhook", "Call it no more, and forget what waits for it").Needs(Manage, Ended).Answers<Api.Events.Webhook>().Refuses(Unknown);
    }
}
