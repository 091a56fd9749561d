using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Events;
using Liaison.Platform.Imports;
using Liaison.Platform.Jobs;
using Liaison.Platform.Outbox;
using Liaison.Platform.Telemetry;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Platform;

/// <summary>The plumbing of a hub, registered once by the host.</summary>
public static class PlatformServices
{
    /// <param name="services">The host's.</param>
    /// <param name="appConnectionString">As <c>liaison_app</c>.</param>
    /// <param name="node">This node's own.</param>
    /// <param name="rates">How often callers may ask.</param>
    /// <param name="clock">The hub's clock.</param>
    public static IServiceCollection AddPlatform(
        this IServiceCollection services, string appConnectionString, NodeOptions node, RateLimits rates, TimeProvider clock)
    {
        appConnectionString = PrimaryAddress.Of(appConnectionString);
        services.AddSingleton(clock);
        services.AddSingleton(node);
        services.AddSingleton(rates);
        services.AddSingleton(_ => SystemDatabase.ForRequests(appConnectionString));
        services.AddSingleton(s => new SystemDatabase(appConnectionString, s.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<KnownMembers>();
        services.AddSingleton<CandidateReads>();
        services.AddSingleton<HubMetrics>();
        services.AddSingleton<DiskGuard>();
        services.AddHostedService(s => s.GetRequiredService<DiskGuard>());
        services.AddSingleton<AuditUse>();
        services.AddSingleton<AuditWriter>();
        services.AddHostedService(s => s.GetRequiredService<AuditWriter>());
        services.AddSingleton(PlatformJobs.IdempotencyRetention(clock));
        services.AddSingleton(s => PlatformJobs.OutboxRetention(clock, s.GetRequiredService<HitOptions>()));
        services.AddSingleton(PlatformJobs.AuditPartitions);
        services.AddSingleton(PlatformJobs.AuditOutsideMonths);
        services.AddSingleton(PlatformJobs.ImportSweep(clock));
        services.AddSingleton<ImportSpool>();
        services.AddSingleton<ImportJobs>();
        services.AddSingleton<ImportWaits>();
        services.AddSingleton(s => new JobRunner(
            s.GetRequiredService<SystemDatabase>(), s.GetServices<Job>(), clock, s.GetRequiredService<ILogger<JobRunner>>()));
        services.AddHostedService(s => s.GetRequiredService<JobRunner>());
        services.AddHostedService<OutboxReader>();
        services.AddEvents(clock);
        services.AddSingleton<Writes>();
        services.AddSingleton<CallerGate>();
        services.AddSingleton<Failures>();
        services.AddExceptionHandler<FailureAnswers>();
        return services;
    }

    /// <summary>The pipeline before the routes: failures become problems, callers pass the gate.</summary>
    public static IApplicationBuilder UsePlatform(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(_ => { });
        app.UseStatusCodePages(async context => await StatusAnswers.WriteAsync(context.HttpContext));
        app.UseRouting();
        // Not by UseMiddleware: it would make a scope of services for every request, and nothing here needs one.
        var gate = app.ApplicationServices.GetRequiredService<CallerGate>();
        app.Use(next => context => gate.InvokeAsync(context, next));
        return app;
    }
}
