using System.Text.Json;
using Liaison.Hits.Domain;
using Liaison.Platform.Codes;
using Liaison.Platform.Outbox;

namespace Liaison.Hits.Open;

/// <summary>Reads the event that a search wrote for a match. Its form is a promise between modules: docs of the dataset say it.</summary>
internal static class HitPayload
{
    private const string Dataset = "travelDocuments", SilentHit = $"{Dataset}.silentHit";

    private static readonly Dictionary<string, HitKind> Kinds = new()
    {
        [$"{Dataset}.hit"] = HitKind.Hit, [$"{Dataset}.possible"] = HitKind.Possible, [$"{Dataset}.sealedMatch"] = HitKind.Sealed,
        [$"{Dataset}.referred"] = HitKind.Referred,
    };

    /// <summary>Of the events that open a case by themselves.</summary>
    public static IReadOnlySet<string> Opening { get; } = Kinds.Where(k => k.Value is not HitKind.Possible).Select(k => k.Key).ToHashSet();

    /// <summary>Of the events that tell of records that ended.</summary>
    public static IReadOnlySet<string> RecordsEnded { get; } = new HashSet<string> { $"{Dataset}.withdrawn", $"{Dataset}.expired" };

    /// <summary>Of the events that tell of records that others may see now, or no longer.</summary>
    public static IReadOnlySet<string> Restricted { get; } = new HashSet<string> { $"{Dataset}.restricted" };

    /// <summary>Null for an event of another type.</summary>
    public static NewHit? Read(OutboxRow row)
    {
        if (!Kinds.TryGetValue(row.Type, out var kind)) return null;
        using var json = JsonDocument.Parse(row.Payload);
        var payload = json.RootElement;
        // Before accounts were told, nothing was read either.
        if (Text(payload, "account") is not { } account) return null;
        DateTimeOffset? askedAt = payload.TryGetProperty("asked", out var asked) ? asked.GetDateTimeOffset() : null;
        if (askedAt is not null && kind is HitKind.Hit) kind = HitKind.Delayed;
        return new(row.Id, payload.GetProperty("record").GetGuid(), payload.GetProperty("owner").GetString()!, payload.GetProperty("asker").GetString()!, kind, row.At)
        {
            Account = account,
            Unit = Text(payload, "unit"),
            Search = payload.GetProperty("search").GetGuid(),
            AskedAt = askedAt,
            Line = payload.TryGetProperty("line", out var line) ? line.GetInt64() : null,
            Reasons = payload.TryGetProperty("reasons", out var reasons) ? [.. reasons.EnumerateArray().Select(r => r.GetString()!)] : [],
            Place = Text(payload, "place"),
            Priority = Text(payload, "priority"),
            Audience = Audience.Read(Text(payload, "audience")),
            IsSealed = IsTrue(payload, "sealed"),
            IsVague = IsTrue(payload, "vague"),
            IsPossible = payload.TryGetProperty("confidence", out _),
            IsUnderAnother = payload.TryGetProperty("under", out _),
        };
    }

    /// <summary>Search and record of a match of which its owner alone was told; null for an event of another type.</summary>
    public static (Guid Search, Guid Record)? Silent(OutboxRow row)
    {
        if (row.Type != SilentHit) return null;
        using var json = JsonDocument.Parse(row.Payload);
        return (json.RootElement.GetProperty("search").GetGuid(), json.RootElement.GetProperty("record").GetGuid());
    }

    /// <summary>The ids in a list of records.</summary>
    public static Guid[] Records(OutboxRow row)
    {
        using var json = JsonDocument.Parse(row.Payload);
        return [.. json.RootElement.GetProperty("records").EnumerateArray().Select(r => r.GetGuid())];
    }

    private static bool IsTrue(JsonElement payload, string name) => payload.TryGetProperty(name, out var value) && value.GetBoolean();

    private static string? Text(JsonElement payload, string name) => payload.TryGetProperty(name, out var value) ? value.GetString() : null;
}
