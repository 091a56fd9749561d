using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Liaison.Api;
using Liaison.Hub;
using Liaison.Hub.Telemetry;
using Liaison.Platform.Data;
using Liaison.Platform.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ApiTests.TravelDocuments;

namespace ApiTests.Operation;

public sealed partial class TelemetryTests(TestCluster cluster) : HubFixture(cluster)
{
    private const string Number = "TM424242";

    [Fact]
    public async Task Prometheus_reads_every_metric_of_the_hub_on_a_port_of_its_own_and_no_number()
    {
        await using var hub = await StartAsync(new(new Dictionary<string, string?>(), new IPEndPoint(IPAddress.Loopback, 0)));
        await AskAsync(hub);
        var metrics = hub.Services.GetRequiredService<MetricsEndpoint>().Address;
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(metrics, "/metrics"));
        // Other hubs of this test process are counted with it.
        Assert.Matches("liaison_searches_total\\{answer=\"hit\",dataset=\"travelDocuments\"\\} [1-9]", text);
        Assert.Contains("liaison_disk_free_bytes{folder=\"data\"} ", text, StringComparison.Ordinal);
        Assert.Matches("liaison_index_records\\{dataset=\"travelDocuments\"\\} [0-9]", text);
        Assert.Contains("db_client_connection_pool_name=\"requests\"", text, StringComparison.Ordinal);
        Assert.Matches("liaison_ready\\{dataset=\"travelDocuments\"\\} [01]\n", text);
        Assert.Contains("http_route=\"/v1/travel-documents/search\"", text, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds_count{", text, StringComparison.Ordinal);
        Assert.Matches("liaison_audit_commit_duration_seconds_bucket\\{le=\"\\+Inf\"\\} [1-9]", text);
        Assert.DoesNotContain(Number, text, StringComparison.Ordinal);
        Assert.All(text.TrimEnd('\n').Split('\n'), l => Assert.Matches(ExpositionLine(), l));

        // Neither port answers for the other.
        using var api = await http.GetAsync(new Uri(new Uri(hub.Urls.First()), "/metrics"));
        Assert.Equal(HttpStatusCode.NotFound, api.StatusCode);
        using var other = await http.GetAsync(new Uri(metrics, "/health/live"));
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task Spans_and_metrics_sent_by_OTLP_hold_no_number_whatever_a_caller_puts_where()
    {
        using var collector = new Collector();
        var sent = collector.Bodies;
        await using (var hub = await StartAsync(new(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_TRACES_SAMPLER"] = "always_on",
        }, null)))
        {
            await AskAsync(hub);
            await hub.StopAsync();
        }

        Assert.Contains(sent, s => s.Path == "/v1/traces" && s.Body.Contains("/v1/travel-documents/search", StringComparison.Ordinal));
        Assert.Contains(sent, s => s.Path == "/v1/traces" && s.Body.Contains("FROM travel_documents.document", StringComparison.Ordinal));
        Assert.Contains(sent, s => s.Path == "/v1/metrics" && s.Body.Contains("liaison.searches", StringComparison.Ordinal));
        Assert.DoesNotContain(sent, s => s.Body.Contains(Number, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Nothing_listens_unless_it_was_asked_for()
    {
        await using var hub = await StartAsync(TelemetrySettings.None);
        Assert.Null(hub.Services.GetService<MetricsEndpoint>());
        Assert.Null(hub.Services.GetService<OpenTelemetry.Metrics.MeterProvider>());
        Assert.Null(hub.Services.GetService<OpenTelemetry.Trace.TracerProvider>());
    }

    [Fact]
    public void Every_metric_of_the_hub_has_its_row_in_the_operators_pages_and_no_other_has()
    {
        var published = new ConcurrentDictionary<string, string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (i, _) =>
            {
                if (i.Meter.Name == HubMetrics.MeterName) published[i.Name] = i.Unit ?? "";
            },
        };
        listener.Start();
        var page = System.IO.File.ReadAllText(Path.Combine(Approved.Root, "docs/operate/metrics.md"));
        var rows = MetricRow().Matches(page).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        Assert.Equal(published.OrderBy(p => p.Key, StringComparer.Ordinal), rows.OrderBy(p => p.Key, StringComparer.Ordinal));
    }

    /// <summary>A search, and the number wherever else a caller could put one.</summary>
    private static async Task AskAsync(WebApplication hub)
    {
        using var http = new HttpClient { BaseAddress = new Uri(hub.Urls.First()) };
        http.DefaultRequestHeaders.Add("User-Agent", Number);
        var utopia = new LiaisonClient(http, Callers.Utopia);
        Assert.Null((await utopia.RecordAsync(Documents.Stolen(Number), Number, CancellationToken.None)).Problem);
        Assert.Equal("hit", (await utopia.SearchAsync(new() { Number = Number, Issuer = "UTO" }, CancellationToken.None)).Value!.Answer);
        Assert.NotNull((await utopia.RecordAsync(Documents.Stolen(Number), null, CancellationToken.None)).Problem);
        foreach (var path in new[] { $"/v1/travel-documents/{Number}", $"/v1/travel-documents?after={Number}", $"/{Number}?n={Number}" })
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.False(response.IsSuccessStatusCode);
        }
    }

    private async Task<WebApplication> StartAsync(TelemetrySettings telemetry)
    {
        var settings = new HubSettings(AppConnectionString, new NodeOptions(Own), 0, "Development") { Telemetry = telemetry };
        var hub = HubHost.Build(settings, logging => logging.ClearProviders());
        await hub.StartAsync();
        await hub.WaitUntilReadyAsync();
        return hub;
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z0-9_]+ .*|[a-z0-9_]+(\{([a-z0-9_]+="(?:[^"\\]|\\.)*",?)+\})? ([0-9.eE+-]+|\+Inf|NaN))$""")]
    private static partial Regex ExpositionLine();

    [GeneratedRegex(@"^\| `(liaison\.[a-z._]+)` \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex MetricRow();

    /// <summary>An OTLP collector that keeps what it is sent. Protobuf has its texts as they are.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener listener = new();

        public Collector()
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
            probe.Stop();
            listener.Prefixes.Add(Address + "/");
            listener.Start();
            _ = TakeAsync();
        }

        public string Address { get; }

        public ConcurrentQueue<(string Path, string Body)> Bodies { get; } = new();

        public void Dispose() => listener.Close();

        private async Task TakeAsync()
        {
            while (listener.IsListening)
            {
                try
                {
                    var context = await listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    Bodies.Enqueue((context.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray())));
                    context.Response.Close();
                }
                catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
