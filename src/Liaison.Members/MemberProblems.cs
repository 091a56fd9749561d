using Liaison.Api;
using Liaison.Platform.Web;

namespace Liaison.Members;

/// <summary>Every problem that the administration can answer, besides Platform's. Published in docs/problems.md.</summary>
internal static class MemberProblems
{
    public static readonly ProblemKind OtherMember = new("otherMember", 403, "It belongs to another member");
    public static readonly ProblemKind SecretariatOnly = new("secretariatOnly", 403, "Only an administrator of the hub may");
    public static readonly ProblemKind OwnRequest = new("ownRequest", 403, "Nobody approves what they asked for");
    public static readonly ProblemKind ReauthenticationRequired = new("reauthenticationRequired", 403, "It takes a fresh proof of who you are");
    public static readonly ProblemKind UnknownMember = new("unknownMember", 404, "There is no such member");
    public static readonly ProblemKind UnknownUnit = new("unknownUnit", 404, "There is no such unit");
    public static readonly ProblemKind UnknownAccount = new("unknownAccount", 404, "There is no such account");
    public static readonly ProblemKind UnknownProvider = new("unknownProvider", 404, "There is no such provider");
    public static readonly ProblemKind UnknownAgreement = new("unknownAgreement", 404, "There is no such agreement");
    public static readonly ProblemKind UnknownApproval = new("unknownApproval", 404, "Nothing like that waits for approval");
    public static readonly ProblemKind NameTaken = new("nameTaken", 409, "The name is taken, or was once");
    public static readonly ProblemKind AlreadyDecided = new("alreadyDecided", 409, "It was decided already, or is void");
    public static readonly ProblemKind ChangedSince = new("changedSince", 409, "It was changed since the approval was asked for");
    public static readonly ProblemKind NotApproved = new("notApproved", 409, "It is not approved");
    public static readonly ProblemKind AlreadyEnded = new("alreadyEnded", 409, "It has ended");

    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        OtherMember, SecretariatOnly, OwnRequest, ReauthenticationRequired, UnknownMember, UnknownUnit, UnknownAccount, UnknownProvider, UnknownAgreement, UnknownApproval,
        NameTaken, AlreadyDecided, ChangedSince, NotApproved, AlreadyEnded,
    ];

    /// <summary>Of every route that changes something here.</summary>
    public static IReadOnlyList<ProblemKind> OfEveryAct { get; } = [.. All, .. PlatformProblems.OfEveryWrite];
}
