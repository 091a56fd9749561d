using System.Diagnostics.Metrics;

namespace Liaison.Platform.Telemetry;

/// <summary>
/// The hub's own metrics: each is made here and has its row in docs/operate/metrics.md, which a test holds against the meter. Tags hold
/// codes only, never a number, a name or an account.
/// </summary>
/// <remarks>Thread-safe. While nobody listens, counting costs a few nanoseconds and gauges are never asked.</remarks>
public sealed class HubMetrics
{
    public const string MeterName = "Liaison";

    private readonly Meter meter;
    private readonly Counter<long> unauthenticated;
    private readonly Counter<long> searches;
    private readonly Counter<long> audited;
    private readonly Counter<long> auditFailures;
    private readonly Histogram<double> auditCommit;
    private readonly Counter<long> webhookCalls;

    public HubMetrics(IMeterFactory meters)
    {
        meter = meters.Create(MeterName);
        unauthenticated = meter.CreateCounter<long>("liaison.unauthenticated", "{request}", "Requests without valid credentials");
        searches = meter.CreateCounter<long>("liaison.searches", "{search}", "Searches answered, by dataset and answer");
        audited = meter.CreateCounter<long>("liaison.audit.entries", "{entry}", "Audit entries of searches and reads made durable");
        auditFailures = meter.CreateCounter<long>("liaison.audit.failures", "{entry}", "Audit entries that could not be written; none of their questions was answered");
        webhookCalls = meter.CreateCounter<long>("liaison.webhook.calls", "{call}", "Events told to webhooks, by what came of it");
        auditCommit = meter.CreateHistogram("liaison.audit.commit.duration", "s", "From taking a batch of entries to its being durable", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });
    }

    public void Unauthenticated() => unauthenticated.Add(1);

    public void Searched(string dataset, string answer, long count = 1) => searches.Add(count, new("dataset", dataset), new("answer", answer));

    /// <param name="outcome"><c>told</c>, <c>failed</c> or <c>dead</c>.</param>
    public void WebhookCalled(string outcome) => webhookCalls.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>A batch of entries became durable, or not.</summary>
    public void Audited(int entries, TimeSpan took, bool isDurable)
    {
        if (!isDurable)
        {
            auditFailures.Add(entries);
            return;
        }

        audited.Add(entries);
        auditCommit.Record(took.TotalSeconds);
    }

    /// <summary>A value that is asked for when somebody collects.</summary>
    /// <param name="name">As <c>liaison.disk.free</c>.</param>
    /// <param name="unit">UCUM: <c>s</c>, <c>By</c>, or what is counted in braces.</param>
    /// <param name="description">One line.</param>
    /// <param name="values">With their tags; called from any thread, must be quick.</param>
    public void Observe<T>(string name, string unit, string description, Func<IEnumerable<Measurement<T>>> values)
        where T : struct =>
        meter.CreateObservableGauge(name, values, unit, description);
}
