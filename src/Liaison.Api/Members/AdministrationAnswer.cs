using System.Text.Json;

namespace Liaison.Api.Members;

/// <summary>What the administration answered: what stands now, a list, or an <see cref="Approval"/> that waits for a second administrator.</summary>
public sealed record AdministrationAnswer(JsonElement Body)
{
    /// <summary>Nothing has changed yet.</summary>
    public bool AwaitsApproval =>
        Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("act", out _) && Body.TryGetProperty("askedBy", out _)
        && !Body.TryGetProperty("decision", out _);
}
