using System.Diagnostics;
using Liaison.Api;
using Liaison.Kernel.Issuers;
using Liaison.Matching;
using Liaison.Platform.Data;
using Liaison.TravelDocuments.Domain;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.TravelDocuments.Storage;

/// <summary>
/// This dataset in the matching engine: loaded from the database at start, then kept by every committed write. Derived, never
/// authoritative: the records of candidates are read before anything is answered.
/// </summary>
/// <remarks>Thread-safe: searches run while writes are published.</remarks>
internal sealed partial class DocumentIndex(NpgsqlDataSource database, TimeProvider clock, ILogger<DocumentIndex> logger)
    : BackgroundService, IDataset
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly NumberIndex numbers = new();
    private volatile bool loaded;

    public string Name => "travelDocuments";

    public long Records => numbers.Count;

    public AsOf AsOf => new(numbers.Position, clock.GetUtcNow());

    public string? WhyNotReady => loaded ? null : "The index of travel documents is being loaded.";

    public SearchResult Search(in Question question, int limit) => numbers.Search(question, limit);

    /// <summary>Makes newly recorded documents visible to searches.</summary>
    public void Add(long position, IEnumerable<(long Record, ReportedDocument Document)> documents) =>
        numbers.Apply(position, [.. documents.Select(d => Entry(d.Record, d.Document.Number.Key, d.Document.RangeTo?.Key,
            d.Document.Issuer, d.Document.Kind))]);

    /// <summary>Hides a withdrawn document from searches.</summary>
    public void Remove(long position, long record) => numbers.Apply(position, [new Removed(record)]);

    /// <summary>A change that leaves every number as it was.</summary>
    public void Touch(long position) => numbers.Apply(position, []);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!loaded)
        {
            try
            {
                var started = Stopwatch.GetTimestamp();
                await LoadAsync(stoppingToken);
                loaded = true;
                LogLoaded(Records, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
            catch (NpgsqlException)
            {
                LogRetry();
                await Task.Delay(RetryPause, clock, stoppingToken);
            }
        }
    }

    /// <summary>
    /// Position and rows are read in one snapshot. Writes that commit meanwhile publish themselves; a number applied twice stays one.
    /// </summary>
    private async Task LoadAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        await using var position = new NpgsqlCommand("SELECT coalesce(max(position), 0) FROM platform.change_log", connection);
        var at = (long)(await position.ExecuteScalarAsync(cancellation))!;
        await using var rows = new NpgsqlCommand("""
            SELECT record, number_key, range_to_key, issuer, kind FROM travel_documents.document WHERE withdrawn_at IS NULL
            """, connection);
        await using var reader = await rows.ExecuteReaderAsync(cancellation);
        const int chunk = 10_000;
        var changes = new List<IndexChange>(chunk);
        while (await reader.ReadAsync(cancellation))
        {
            changes.Add(Entry(reader.GetInt64(0), Key(reader.GetString(1)), reader.IsDBNull(2) ? null : Key(reader.GetString(2)),
                reader.GetString(3), reader.GetString(4)));
            if (changes.Count < chunk) continue;
            numbers.Apply(at, [.. changes]);
            changes.Clear();
        }

        numbers.Apply(at, [.. changes]);
    }

    private static IndexChange Entry(long record, NumberKey number, NumberKey? rangeTo, string issuer, string kind)
    {
        var (packed, bit) = (IssuingCodes.Pack(issuer), DocumentCodes.KindBit(kind));
        if (rangeTo is not { } last) return new IndexedNumber(record, number, packed, bit);
        return NumberRange.TryCreate(number, last, out var range) is RangeFault.None
            ? new IndexedRange(record, range, packed, bit)
            : throw new InvalidDataException($"Record {record} holds a range that is none.");
    }

    private static NumberKey Key(string stored) =>
        NumberKey.TryParse(stored, out var key) ? key : throw new InvalidDataException("A stored number key is malformed.");

    [LoggerMessage(100, LogLevel.Information, "Loaded {Records} travel documents into the index in {Milliseconds:F0} ms")]
    private partial void LogLoaded(long records, double milliseconds);

    [LoggerMessage(101, LogLevel.Warning, "The database is away; the index of travel documents waits for it")]
    private partial void LogRetry();
}
