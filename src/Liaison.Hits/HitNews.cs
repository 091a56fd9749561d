using Liaison.Hits.Domain;
using Liaison.Platform.Audit;
using Liaison.Platform.Outbox;

namespace Liaison.Hits;

/// <summary>What others may be told of a case: ids and codes.</summary>
internal static class HitNews
{
    /// <param name="before">Before the act.</param>
    /// <param name="file">After it.</param>
    /// <param name="act">Code.</param>
    /// <param name="hit">Of the one asker whom it concerns; null for all.</param>
    /// <param name="at">When.</param>
    public static OutboxEvent Of(HitCase before, HitCase file, string act, Guid? hit, DateTimeOffset at) => new(Guid.CreateVersion7(at), HitEvents.Changed, AuditJson.Of(
        ("case", file.Id), ("owner", file.Owner), ("act", act), ("state", file.State.Code()), ("level", file.Level.Code()), ("hit", hit),
        ("over", HitRules.AwaitsAnswer(before.State) && !HitRules.AwaitsAnswer(file.State) ? true : null)).Text);
}
