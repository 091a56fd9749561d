using Liaison.TravelDocuments.Storage;

namespace Liaison.TravelDocuments.Import;

/// <summary>The two statements by which an import keeps to tombstones. Both cost next to nothing for a member that has none.</summary>
internal static class ImportBars
{
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
