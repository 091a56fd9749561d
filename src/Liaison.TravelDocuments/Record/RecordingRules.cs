using Liaison.Platform.Access;
using Liaison.TravelDocuments.Domain;
using Microsoft.Extensions.Hosting;

namespace Liaison.TravelDocuments.Record;

/// <summary>The rules as they stand now and here.</summary>
internal sealed class RecordingRules(KnownMembers members, ICallers callers, TimeProvider clock, IHostEnvironment environment)
{
    public RuleContext Now() => new(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), environment.IsDevelopment()) { IsMember = members.IsMember };

    /// <summary>For what takes effect when nobody calls any more: null when the account may write now for the purpose, else the code and the reason.</summary>
    public async Task<(string Code, string Reason)?> RefuseAsync(string account, string? purpose, CancellationToken cancellation) =>
        await callers.OfAccountAsync(account, cancellation) is not { } caller ? ("accountNotActive", $"Account {account}, which sent it, may not act any more.")
        : AccessDecision.Refuse(caller, TravelDocumentPermissions.Write, purpose, clock.GetUtcNow()) is { } refusal ? (refusal.Kind.Code, refusal.Reason)
        : null;
}
