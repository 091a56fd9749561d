using Liaison.Platform.Audit;

namespace Liaison.Members;

/// <summary>The audit events of this module.</summary>
internal static class MemberEvents
{
    public static readonly AuditEventKind DemoLoaded = new("members.demoLoaded", "Synthetic members and accounts were made for trials.");

    public static IReadOnlyList<AuditEventKind> All { get; } = [DemoLoaded];
}
