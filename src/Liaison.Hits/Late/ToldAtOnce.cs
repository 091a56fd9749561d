using Liaison.Hits.Open;
using Liaison.Hits.Storage;
using Liaison.Platform.Data;
using Liaison.Platform.Outbox;

namespace Liaison.Hits.Late;

/// <summary>
/// Writes down what answers told of without a case, so that it is not told again when its owner amends it: of several sealed records the asker learned of
/// one, and must not learn how many they are.
/// </summary>
internal static class ToldAtOnce
{
    public static OutboxSubscription Subscription { get; } = new("hits.told", HitPayload.Caseless, TakeAsync);

    private static async Task TakeAsync(WriteTransaction transaction, IReadOnlyList<OutboxRow> events, CancellationToken cancellation)
    {
        ToldRecord[] told = [.. events.Select(HitPayload.Told).OfType<ToldRecord>()];
        if (told.Length > 0) await LeadStore.RememberAsync(transaction.Connection, told, transaction.At, cancellation);
    }
}
