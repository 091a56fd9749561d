using System.Net;
using OpenTelemetry.Metrics;

namespace Liaison.Hub.Telemetry;

/// <summary>
/// <c>GET /metrics</c> on a port of its own: whoever may reach the API needs not reach this, and the other way about. No credentials; who
/// can connect is the network's to say, and without an address of its own it is this machine only.
/// </summary>
internal sealed class MetricsEndpoint : IHostedService, IAsyncDisposable
{
    private readonly PrometheusText text = new();
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly IPEndPoint address;
    private WebApplication? app;

    public MetricsEndpoint(IPEndPoint address)
    {
        this.address = address;
        Reader = new BaseExportingMetricReader(text);
    }

    /// <summary>Gives the endpoint what the SDK collects.</summary>
    public BaseExportingMetricReader Reader { get; }

    /// <summary>Where it really listens.</summary>
    public Uri Address => new(app!.Urls.First());

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(address);
        });
        app = builder.Build();
        app.MapGet("/metrics", async (HttpContext http) =>
        {
            http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await http.Response.WriteAsync(await CollectAsync(http.RequestAborted), http.RequestAborted);
        });
        await app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (app is not null) await app.DisposeAsync();
        one.Dispose();
    }

    private async Task<string> CollectAsync(CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation);
        try
        {
            Reader.Collect();
            return text.Text;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Signals are the hub's; this ends when the hub does.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
