using Liaison.Platform.Audit;

namespace Liaison.Members;

/// <summary>Audit events of this module. Published in docs/audit-events.md.</summary>
internal static class MemberEvents
{
    public static readonly AuditEventKind DemoLoaded = new("members.demoLoaded", "Synthetic members and accounts were made for trials.");
    public static readonly AuditEventKind SystemSignedIn =
        new("members.systemSignedIn", "A system proved who it is and got an access token; asked says how, and where from.");
    public static readonly AuditEventKind SignInFailed =
        new("members.signInFailed", "Somebody named a known account and did not prove to be it, or may not sign in now.");
    public static readonly AuditEventKind DeviceApproved =
        new("members.deviceApproved", "A person let a command line or another device act in the person's name.");
    public static readonly AuditEventKind DeviceDenied = new("members.deviceDenied", "A person refused a device that asked to act in the person's name.");
    public static readonly AuditEventKind TokenRevoked = new("members.tokenRevoked", "A token was given back, with all that came of the same sign-in.");
    public static readonly AuditEventKind RefreshTokenReused = new("members.refreshTokenReused",
        "A refresh token came a second time, so that somebody else may hold it: everything of that sign-in was revoked.");
    public static readonly AuditEventKind ClientChanged = new("members.clientChanged", "The keys of a system account were set or taken away.");

    public static IReadOnlyList<AuditEventKind> All { get; } =
    [
        DemoLoaded, SystemSignedIn, SignInFailed, DeviceApproved, DeviceDenied, TokenRevoked, RefreshTokenReused, ClientChanged,
        .. SignIn.SignInEvents.All,
    ];
}
