using Liaison.Platform.Audit;

namespace Liaison.Members.SignIn;

/// <summary>Audit events of people who sign in and of what they sign in with. Published in docs/audit-events.md.</summary>
internal static class SignInEvents
{
    /// <summary>Outcome of a sign-in that was proved, while all sessions of the account were ended.</summary>
    public const string EndedMeanwhile = "endedMeanwhile";

    public static readonly AuditEventKind SignedIn = new("members.signedIn", "A person signed in with a browser; outcome passkey, password, recoveryCode or provider.");
    public static readonly AuditEventKind SessionEnded = new("members.sessionEnded", "A person signed out, or ended a session or the access of a program.");
    public static readonly AuditEventKind Enrolled =
        new("members.enrolled", "A person used a one-time link and set up how to sign in; whatever was set up before is gone. Outcome passkey, password or provider.");
    public static readonly AuditEventKind PasskeyAdded = new("members.passkeyAdded", "A person added a passkey.");
    public static readonly AuditEventKind PasskeyRenamed = new("members.passkeyRenamed", "A person named a passkey.");
    public static readonly AuditEventKind PasskeyRemoved = new("members.passkeyRemoved", "A person removed a passkey.");
    public static readonly AuditEventKind PasswordSet = new("members.passwordSet", "A person set a password, with a new authenticator when asked says so.");
    public static readonly AuditEventKind RecoveryCodesMade = new("members.recoveryCodesMade", "A person got new recovery codes; the old ones are void.");

    public static IReadOnlyList<AuditEventKind> All { get; } =
        [SignedIn, SessionEnded, Enrolled, PasskeyAdded, PasskeyRenamed, PasskeyRemoved, PasswordSet, RecoveryCodesMade];
}
