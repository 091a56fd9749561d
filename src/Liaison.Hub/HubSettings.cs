using System.Net;
using System.Security.Cryptography.X509Certificates;
using Liaison.Platform.Access;
using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Liaison.Platform.Secrets;
using Liaison.Platform.Web;

namespace Liaison.Hub;

/// <summary>Everything that a hub needs to serve, already known to be sound.</summary>
/// <param name="AppConnectionString">As <c>liaison_app</c>.</param>
/// <param name="Node">This node's own folder and limits.</param>
/// <param name="Port">On loopback; 0 takes any free one.</param>
/// <param name="EnvironmentName"><c>Development</c> or <c>Production</c>.</param>
internal sealed record HubSettings(string AppConnectionString, NodeOptions Node, int Port, string EnvironmentName)
{
    /// <summary>Where to listen when not on loopback, as <c>https://0.0.0.0:8443</c>; see <see cref="Listening"/>.</summary>
    public string? Urls { get; init; }

    /// <summary>For listening on https.</summary>
    public ServerCertificate? Certificate { get; init; }

    public Frontage Frontage { get; init; } = new();

    /// <summary>What nodes share besides the database; null for a hub whose sign-ins end with the process.</summary>
    public KeyFile? Keys { get; init; }

    /// <summary>How often callers may ask this node.</summary>
    public RateLimits Rates { get; init; } = RateLimits.Usual;

    public TelemetrySettings Telemetry { get; init; } = TelemetrySettings.None;

    public ProviderOptions Providers { get; init; } = new();

    /// <summary>Where webhooks may be.</summary>
    public OutwardOptions Webhooks { get; init; } = new();

    /// <summary>The same on every node.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>The same on every node.</summary>
    public HitOptions Hits { get; init; } = new();

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>The certificate that the hub shows.</summary>
/// <param name="Own">With its private key.</param>
/// <param name="Chain">Of those who issued it, as callers need them.</param>
internal sealed record ServerCertificate(X509Certificate2 Own, X509Certificate2Collection Chain);

/// <summary>What of itself the hub tells to whom; nothing by default.</summary>
/// <param name="Otel">Variables of the OpenTelemetry SDK under their standard names.</param>
/// <param name="Metrics">Where Prometheus may ask, or null.</param>
internal sealed record TelemetrySettings(IReadOnlyDictionary<string, string?> Otel, IPEndPoint? Metrics)
{
    public static TelemetrySettings None { get; } = new(new Dictionary<string, string?>(), null);

    public bool ExportsTraces => Exports("TRACES");

    public bool ExportsMetrics => Exports("METRICS");

    private bool Exports(string signal) =>
        Otel.ContainsKey("OTEL_EXPORTER_OTLP_ENDPOINT") || Otel.ContainsKey($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
}
