using Liaison.Platform.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Liaison.Hub.Telemetry;

/// <summary>
/// Metrics and traces by OpenTelemetry, when the operator asked for them; otherwise nothing listens and nothing is measured. Exporters read
/// the SDK's standard variables from the hub's configuration, in which only <see cref="TelemetrySettings.Otel"/> stands.
/// </summary>
internal static class TelemetryWiring
{
    private const string Sampler = "OTEL_TRACES_SAMPLER", SamplerArgument = "OTEL_TRACES_SAMPLER_ARG", ServiceName = "OTEL_SERVICE_NAME";

    /// <summary>Of the .NET runtime, the web server, the driver and the hub.</summary>
    private static readonly string[] Meters =
        [HubMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime"];

    public static void AddTelemetry(this WebApplicationBuilder builder, TelemetrySettings settings)
    {
        if (settings.Metrics is null && !settings.ExportsMetrics && !settings.ExportsTraces) return;
        // Tracing every search would cost more than the search. A caller's own decision is not followed: it is not theirs to load us.
        var configured = new Dictionary<string, string?>
        {
            [ServiceName] = "liaison", [Sampler] = "traceidratio", [SamplerArgument] = "0.01",
        };
        foreach (var (name, value) in settings.Otel) configured[name] = value;
        if (settings.Otel.ContainsKey(Sampler) && !settings.Otel.ContainsKey(SamplerArgument)) configured.Remove(SamplerArgument);
        builder.Configuration.AddInMemoryCollection(configured);

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddAttributes([new("service.version", HubRoutes.Version)]));
        if (settings.Metrics is not null || settings.ExportsMetrics) telemetry.WithMetrics(metrics => Collect(builder.Services, metrics, settings));
        if (settings.ExportsTraces)
        {
            telemetry.WithTracing(tracing => tracing.AddSource("Microsoft.AspNetCore", "Npgsql").AddProcessor(new SpanCleaning()).AddOtlpExporter());
        }
    }

    private static void Collect(IServiceCollection services, MeterProviderBuilder metrics, TelemetrySettings settings)
    {
        metrics.AddMeter(Meters);
        if (settings.ExportsMetrics) metrics.AddOtlpExporter();
        if (settings.Metrics is not { } address) return;
        var endpoint = new MetricsEndpoint(address);
        metrics.AddReader(endpoint.Reader);
        services.AddSingleton(endpoint);
        services.AddHostedService(s => s.GetRequiredService<MetricsEndpoint>());
    }
}
