using Liaison.Api;
using Liaison.Hits;
using Liaison.Hub.Telemetry;
using Liaison.Members;
using Liaison.Platform;
using Liaison.Platform.Data;
using Liaison.Platform.Events;
using Liaison.Platform.Secrets;
using Liaison.Platform.Web;
using Liaison.Platform.Webhooks;
using Liaison.TravelDocuments;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Console;

namespace Liaison.Hub;

/// <summary>The host: lists the modules, and nothing else of them.</summary>
internal static class HubHost
{
    /// <summary>Above every route's own limit, so that the route can answer with a problem of its own.</summary>
    private const long BodyLimit = 32 << 20;

    /// <summary>How long requests in flight may take to end once the hub was told to stop.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<Migration> Migrations { get; } =
        [.. Migration.Of(typeof(PlatformServices).Assembly), .. MembersModule.Migrations, .. TravelDocumentsModule.Migrations, .. HitsModule.Migrations];

    /// <exception cref="UnsafeStartException">The settings are unsafe here; the message is one line that says what to do.</exception>
    public static WebApplication Build(HubSettings settings, Action<ILoggingBuilder>? logging = null)
    {
        if (Listening.Refuse(settings) is { } refusal) throw new UnsafeStartException(refusal);
        // Empty: everything comes from HubSettings. No file or variable of the framework may open another address or log more, and nothing
        // watches the folder the hub was started in, under which the data may lie.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = settings.EnvironmentName });
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting();
        builder.Services.AddMetrics();
        (logging ?? LogToConsole)(builder.Logging);
        // At its lower levels it writes tokens out.
        builder.Logging.AddFilter("OpenIddict", LogLevel.Warning);
        // A request goes on where its bytes came in, without another thread that has to wait for a processor: the last of a hundred answers comes sooner
        // (bench/RESULTS.md). Nothing here blocks a thread.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyLimit;
            Listening.Apply(settings, kestrel);
        });

        builder.Services.Configure<ConsoleLifetimeOptions>(o => o.SuppressStatusMessages = true);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = DrainTime);
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, LiaisonJson.Default));
        builder.Services.AddPlatform(settings.AppConnectionString, settings.Node, settings.Rates, settings.Clock);
        builder.Services.AddSingleton(settings.Frontage);
        builder.Services.AddSingleton(settings.Keys ?? KeyFile.Fresh());
        builder.Services.AddMembers(settings.Frontage, settings.Providers, builder.Environment.IsDevelopment());
        builder.Services.AddWebhooks(settings.Webhooks with { IsLoopbackAllowed = builder.Environment.IsDevelopment() });
        builder.Services.AddTravelDocuments(settings.Retention, settings.Clock);
        builder.Services.AddHits(settings.Hits);
        builder.Services.AddHubDocumentation();
        builder.Services.AddSingleton<HubRoutes>();
        builder.Services.AddSingleton<HubGauges>();
        builder.AddTelemetry(settings.Telemetry);

        var app = builder.Build();
        app.Services.GetRequiredService<HubRoutes>();
        app.Services.GetRequiredService<HubGauges>();
        if (settings.Telemetry.ExportsTraces) app.Use(next => http => SpanCleaning.NameAsync(http, next));
        // Else the framework puts the middleware before every request by itself, because something registered its services.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
        if (settings.Frontage.Proxies.Count > 0) app.UseTrustedProxies(settings.Frontage);
        app.UsePlatform();
        app.MapMembers();
        app.MapTravelDocuments();
        app.MapHits();
        app.MapEvents();
        app.MapWebhooks();
        app.MapHub();
        app.MapHubDocumentation();
        return app;
    }

    /// <summary>To standard error: standard output belongs to the line <c>ready</c>.</summary>
    public static void LogToConsole(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(c => (c.SingleLine, c.UseUtcTimestamp, c.TimestampFormat) = (true, true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' "));
        logging.Services.Configure<ConsoleLoggerOptions>(c => c.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // The handler's own log lines say what went wrong; the framework's would print messages that may quote input.
        logging.AddFilter("Microsoft.AspNetCore.Diagnostics", LogLevel.None);
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        // It warns at every page that it overrode a header, which the page then sets again.
        logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        // As long as this one listens, every request gets an Activity, traced or not.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }
}

/// <summary>The hub does not start like this; the message says what to do.</summary>
internal sealed class UnsafeStartException(string message) : Exception(message);
