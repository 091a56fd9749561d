using Liaison.Api;
using Liaison.Platform.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Liaison.Platform.Access;

/// <summary>What the route table says of a route: the permission it needs, the audit event it writes, the problems it may answer.</summary>
public sealed record RouteRule(Right Permission, AuditEventKind AuditEvent)
{
    /// <summary>The purpose is said in the body, so that the route and not the gate holds it against the agreements.</summary>
    public bool PurposeInBody { get; init; }

    /// <summary>Who says none for the whole says one in each line, and the route holds it against the agreements.</summary>
    public bool PurposeInLines { get; init; }
}

/// <summary>Open to everyone, by decision: health and documentation.</summary>
public sealed record OpenRoute(string Because);

/// <summary>A page for people who are signed in with a browser, whatever they may do besides.</summary>
/// <param name="IsSensitive">The person must have proved who it is minutes ago.</param>
public sealed record PersonRoute(bool IsSensitive);

/// <summary>A problem that a route may answer with, for the documentation and the completeness tests.</summary>
public sealed record RouteProblem(ProblemKind Kind);

/// <summary>The words of the route table.</summary>
public static class RouteRules
{
    /// <summary>Callers need the permission; the route writes the audit event before it answers.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder route, Right permission, AuditEventKind audits) =>
        route.WithMetadata(new RouteRule(permission, audits))
            .Refuses(Web.PlatformProblems.OfEveryRoute);

    /// <summary>As <see cref="Needs"/>, for a route whose body says the purpose.</summary>
    public static RouteHandlerBuilder NeedsWithPurpose(this RouteHandlerBuilder route, Right permission, AuditEventKind audits) =>
        route.WithMetadata(new RouteRule(permission, audits) { PurposeInBody = true })
            .Refuses(Web.PlatformProblems.OfEveryRoute);

    /// <summary>As <see cref="Needs"/>, for a route whose lines may each say a purpose of their own.</summary>
    public static RouteHandlerBuilder NeedsWithPurposes(this RouteHandlerBuilder route, Right permission, AuditEventKind audits) =>
        route.WithMetadata(new RouteRule(permission, audits) { PurposeInLines = true })
            .Refuses(Web.PlatformProblems.OfEveryRoute);

    public static RouteHandlerBuilder OpenToAll(this RouteHandlerBuilder route, string because) => route.WithMetadata(new OpenRoute(because));

    public static RouteHandlerBuilder ForPersons(this RouteHandlerBuilder route, bool isSensitive = false) =>
        route.WithMetadata(new PersonRoute(isSensitive));

    public static RouteHandlerBuilder Named(this RouteHandlerBuilder route, string name, string summary) =>
        route.WithName(name).WithSummary(summary);

    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route)
        where T : notnull =>
        route.Accepts<T>("application/json").Refuses(Web.PlatformProblems.OfEveryBody);

    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status, "application/json");

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params IReadOnlyList<ProblemKind> kinds)
    {
        foreach (var kind in kinds) route.WithMetadata(new RouteProblem(kind));
        foreach (var status in kinds.Select(k => k.Status).Distinct()) route.Produces<Problem>(status, Problem.MediaType);
        return route;
    }
}
