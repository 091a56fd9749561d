using Liaison.Platform.Access;
using Liaison.TravelDocuments.Domain;
using Microsoft.Extensions.Hosting;

namespace Liaison.TravelDocuments.Record;

/// <summary>The rules as they stand now and here.</summary>
internal sealed class RecordingRules(KnownMembers members, TimeProvider clock, IHostEnvironment environment)
{
    public RuleContext Now() => new(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), environment.IsDevelopment()) { IsMember = members.IsMember };
}
