using Liaison.TravelDocuments.Storage;

namespace Liaison.TravelDocuments.Import;

/// <summary>The statements by which an import keeps to tombstones. They cost next to nothing where there is nothing to keep to.</summary>
internal static class ImportBars
{
    /// <summary>Makes the tombstones of what the file withdrew as wrong; reasons as <c>$1</c>.</summary>
    public static string Add { get; } = Tombstones.Add("SELECT record FROM import_met WHERE act = 'withdraw'");

    /// <summary>Lists staged rows that a tombstone of the member (<c>$1</c>) bars.</summary>
    public static string Find { get; } = $"""
        CREATE TEMPORARY TABLE import_barred ON COMMIT DROP AS
        SELECT DISTINCT ON (s.line) s.line, t.id, t.reason, t.ended_at
        FROM travel_documents.fingerprint_key k, import_stage s, travel_documents.tombstone t
        WHERE EXISTS (SELECT FROM travel_documents.tombstone WHERE owner = $1 AND bars)
            AND s.withdraw IS NULL AND NOT s.reentry AND NOT EXISTS (SELECT FROM import_met m WHERE m.line = s.line)
            AND t.owner = $1 AND t.bars AND t.fingerprint = {Tombstones.Fingerprint("s")}
        ORDER BY s.line, t.ended_at DESC
        """;

    /// <summary>What was recorded again on purpose is barred no more.</summary>
    public static string Lift { get; } = $"""
        UPDATE travel_documents.tombstone t SET bars = false
        FROM travel_documents.fingerprint_key k, import_stage s
        WHERE s.reentry AND s.withdraw IS NULL AND t.owner = $1 AND t.bars AND t.fingerprint = {Tombstones.Fingerprint("s")}
        """;
}
