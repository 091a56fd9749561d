using System.Diagnostics.Metrics;

namespace Liaison.Platform.Telemetry;

/// <summary>The hub's own counters. Tags hold codes only, never a number, a name or an account.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class HubMetrics
{
    public const string MeterName = "Liaison";

    private readonly Counter<long> unauthenticated;
    private readonly Counter<long> searches;

    public HubMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        unauthenticated = meter.CreateCounter<long>("liaison.unauthenticated", "{request}", "Requests without valid credentials");
        searches = meter.CreateCounter<long>("liaison.searches", "{search}", "Searches answered, by dataset and answer");
    }

    public void Unauthenticated() => unauthenticated.Add(1);

    public void Searched(string dataset, string answer, long count = 1) => searches.Add(count, new("dataset", dataset), new("answer", answer));
}
