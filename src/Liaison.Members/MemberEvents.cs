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

    public static readonly AuditEventKind FirstAdministratorInvited =
        new("members.firstAdministratorInvited", "The hub started without an administrator and printed a one-time link on its console.");
    public static readonly AuditEventKind GlassBroken =
        new("members.glassBroken", "Somebody on the server's console made a one-time link for an administrator, in place of those that were lost.");
    public static readonly AuditEventKind MemberAdmitted = new("members.memberAdmitted", "A member was admitted.");
    public static readonly AuditEventKind MemberStateSet = new("members.memberStateSet", "A member was suspended or restored.");
    public static readonly AuditEventKind DeskSet = new("members.deskSet", "A member said where it is reached.");
    public static readonly AuditEventKind UnitGranted = new("members.unitGranted", "A bureau made a unit or changed what it lets it do.");
    public static readonly AuditEventKind UnitWithdrawn = new("members.unitWithdrawn", "A bureau took everything away from a unit.");
    public static readonly AuditEventKind AccountOpened = new("members.accountOpened", "An account was opened.");
    public static readonly AuditEventKind AccountChanged = new("members.accountChanged", "What an account may do was changed.");
    public static readonly AuditEventKind AccountStateSet = new("members.accountStateSet", "An account was suspended, restored or ended.");
    public static readonly AuditEventKind InvitationMade = new("members.invitationMade", "A new one-time link was made for a person.");
    public static readonly AuditEventKind ProviderRegistered = new("members.providerRegistered", "A member's own OpenID Connect provider was registered.");
    public static readonly AuditEventKind ProviderChanged = new("members.providerChanged", "What a provider must say was changed.");
    public static readonly AuditEventKind ProviderEnded =
        new("members.providerEnded", "A provider was ended, with all sessions that came by it and all bindings to it.");
    public static readonly AuditEventKind ProvidersRead = new("members.providersRead", "The providers of a member were listed.");
    public static readonly AuditEventKind AccountBound =
        new("members.accountBound", "It was said who an account is at its member's provider, or that was taken away.");
    public static readonly AuditEventKind AgreementConcluded = new("members.agreementConcluded", "A member was let into a dataset.");
    public static readonly AuditEventKind AgreementEnded = new("members.agreementEnded", "An agreement was ended.");
    public static readonly AuditEventKind ApprovalDecided =
        new("members.approvalDecided", "A second administrator approved or refused what another asked for.");
    public static readonly AuditEventKind LinkCollected =
        new("members.linkCollected", "The administrator who asked for it got the one-time link that a second one had approved.");
    public static readonly AuditEventKind UnitUseTold = new("members.unitUseTold", "The hub told a bureau what its units did on a day.");
    public static readonly AuditEventKind MembersRead = new("members.membersRead", "The members were listed.");
    public static readonly AuditEventKind UnitsRead = new("members.unitsRead", "The units of a member were listed.");
    public static readonly AuditEventKind UseRead = new("members.useRead", "A bureau looked at what its accounts did.");
    public static readonly AuditEventKind AccountsRead = new("members.accountsRead", "The accounts of a member were listed.");
    public static readonly AuditEventKind AccessExplained = new("members.accessExplained", "It was asked why an account may or may not.");
    public static readonly AuditEventKind AgreementsRead = new("members.agreementsRead", "Agreements were listed.");
    public static readonly AuditEventKind ApprovalsRead = new("members.approvalsRead", "What waits for approval was listed.");

    /// <summary>
    /// Outbox event, for the bureau: what a unit did on a day (UTC). Payload: <c>member</c>, <c>unit</c>, <c>day</c>, how many <c>accounts</c>, and
    /// in <c>use</c> how often each audit event was.
    /// </summary>
    public const string UnitUse = "members.unitUse";

    public static IReadOnlyList<AuditEventKind> All { get; } =
    [
        FirstAdministratorInvited, GlassBroken, MemberAdmitted, MemberStateSet, DeskSet, UnitGranted, UnitWithdrawn, AccountOpened, AccountChanged, AccountStateSet, InvitationMade,
        ProviderRegistered, ProviderChanged, ProviderEnded, ProvidersRead, AccountBound,
        AgreementConcluded, AgreementEnded, ApprovalDecided, LinkCollected, UnitUseTold, MembersRead, UnitsRead, UseRead, AccountsRead, AccessExplained,
        AgreementsRead, ApprovalsRead,
        DemoLoaded, SystemSignedIn, SignInFailed, DeviceApproved, DeviceDenied, TokenRevoked, RefreshTokenReused, ClientChanged,
        .. SignIn.SignInEvents.All,
    ];
}
