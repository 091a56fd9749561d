using System.Text.Json;
using Liaison.Platform.Access;

namespace Liaison.Platform.Audit;

/// <summary>Denials are audited like everything else: durable before they are answered.</summary>
public static class Denials
{
    /// <param name="audit">The writer.</param>
    /// <param name="caller">Who was refused.</param>
    /// <param name="attempted">The audit event that the act would have written.</param>
    /// <param name="rule">The permission or rule that was missing.</param>
    /// <param name="clock">The hub's clock.</param>
    /// <param name="cancellation">The request's.</param>
    public static Task DenyAsync(
        this AuditWriter audit, Caller caller, AuditEventKind attempted, string rule, TimeProvider clock, CancellationToken cancellation)
    {
        var asked = $$"""{"attempted":"{{JsonEncodedText.Encode(attempted.Code)}}","rule":"{{JsonEncodedText.Encode(rule)}}"}""";
        return audit.AppendAsync(AuditEntry.Of(caller, AuditEvents.Denied, "denied", clock.GetUtcNow()) with { Asked = asked }, [], cancellation);
    }
}
