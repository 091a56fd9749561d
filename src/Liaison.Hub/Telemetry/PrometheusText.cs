using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Liaison.Hub.Telemetry;

/// <summary>
/// What the SDK aggregated, in the Prometheus text format 0.0.4: names with underscores, the unit and <c>_total</c> at their end.
/// </summary>
/// <remarks>Used by one collection at a time.</remarks>
internal sealed class PrometheusText : BaseExporter<Metric>
{
    private readonly StringBuilder text = new();

    /// <summary>Of the last collection.</summary>
    public string Text => text.ToString();

    public override ExportResult Export(in Batch<Metric> batch)
    {
        text.Clear();
        foreach (var metric in batch) Write(metric);
        return ExportResult.Success;
    }

    private void Write(Metric metric)
    {
        var kind = metric.MetricType switch
        {
            MetricType.LongSum or MetricType.DoubleSum => "counter",
            MetricType.Histogram => "histogram",
            _ => "gauge",
        };
        var name = Name(metric, kind == "counter");
        text.Append(null, $"# HELP {name} {Escaped(metric.Description)}\n# TYPE {name} {kind}\n");
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            if (kind == "histogram") WriteHistogram(name, point);
            else WriteLine(name, point, null, Value(metric.MetricType, point));
        }
    }

    private void WriteHistogram(string name, in MetricPoint point)
    {
        long below = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            below += bucket.BucketCount;
            WriteLine(name + "_bucket", point, double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Number(bucket.ExplicitBound), below);
        }

        WriteLine(name + "_sum", point, null, point.GetHistogramSum());
        WriteLine(name + "_count", point, null, point.GetHistogramCount());
    }

    private void WriteLine(string name, in MetricPoint point, string? bound, double value)
    {
        text.Append(name);
        var first = true;
        foreach (var tag in point.Tags) Label(tag.Key.Replace('.', '_'), Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "");
        if (bound is not null) Label("le", bound);
        text.Append(first ? " " : "} ").Append(Number(value)).Append('\n');

        void Label(string key, string content)
        {
            text.Append(first ? '{' : ',').Append(key).Append("=\"").Append(Escaped(content).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
            first = false;
        }
    }

    private static double Value(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        _ => point.GetGaugeLastValueDouble(),
    };

    /// <summary>As OpenTelemetry's own mapping to Prometheus has it; a unit in braces only says what is counted.</summary>
    internal static string Name(Metric metric, bool isCounter)
    {
        var unit = metric.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "1" when !isCounter => "_ratio",
            _ => "",
        };
        var name = new StringBuilder(metric.Name.Length + 16);
        foreach (var character in metric.Name) name.Append(char.IsAsciiLetterOrDigit(character) ? character : '_');
        if (!metric.Name.EndsWith(unit, StringComparison.Ordinal)) name.Append(unit);
        if (isCounter) name.Append("_total");
        return name.ToString();
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture) switch
    {
        "Infinity" => "+Inf",
        "-Infinity" => "-Inf",
        var finite => finite,
    };

    private static string Escaped(string content) =>
        content.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
