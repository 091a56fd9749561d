using System.Diagnostics.Metrics;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Telemetry;

namespace Liaison.Hub.Telemetry;

/// <summary>What stands in this node now, for whoever collects metrics.</summary>
internal sealed class HubGauges
{
    public HubGauges(HubMetrics metrics, IEnumerable<IDataset> datasets, AuditWriter audit, DiskGuard disk, TimeProvider clock)
    {
        var all = datasets.ToArray();
        metrics.Observe("liaison.audit.queue", "{entry}", "Audit entries that wait for the writer", () => (IEnumerable<Measurement<long>>)[new(audit.Queued)]);
        metrics.Observe("liaison.searches.held", "{search}", "Searches in the audit that are not yet kept", () => (IEnumerable<Measurement<long>>)[new(audit.Held)]);
        metrics.Observe("liaison.index.records", "{record}", "Records that can answer a search", () => Each(d => d.Records));
        metrics.Observe("liaison.index.position", "{change_set}", "Position of the change log up to which searches see everything",
            () => Each(d => d.WhyNotReady is null || d.IsStale ? d.AsOf.Position : 0));
        metrics.Observe("liaison.index.lag", "s", "Time since the change log was last read to its end",
            () => Each(d => d.WhyNotReady is null || d.IsStale ? (clock.GetUtcNow() - d.AsOf.At).TotalSeconds : 0));
        metrics.Observe("liaison.ready", "{node}", "1 when the dataset can answer on this node, else 0", () => Each(d => d.WhyNotReady is null ? 1L : 0));
        metrics.Observe("liaison.disk.free", "By", "Bytes left on the disk of a folder",
            () => disk.Disks.Select(d => new Measurement<long>(d.Free, new KeyValuePair<string, object?>("folder", d.Name))));

        IEnumerable<Measurement<T>> Each<T>(Func<IDataset, T> value)
            where T : struct =>
            all.Select(d => new Measurement<T>(value(d), new KeyValuePair<string, object?>("dataset", d.Name)));
    }
}
