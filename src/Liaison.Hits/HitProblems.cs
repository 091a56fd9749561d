using Liaison.Api;

namespace Liaison.Hits;

/// <summary>Every problem that this module can answer beyond Platform's. Published in docs/problems.md.</summary>
internal static class HitProblems
{
    public static readonly ProblemKind NotYours = new("hitNotYours", 403, "This is for another party of the hit");
    public static readonly ProblemKind Unknown = new("unknownHit", 404, "There is no such hit");
    public static readonly ProblemKind UnknownQuestion = new("unknownQuestion", 404, "There is no such question");
    public static readonly ProblemKind TooManyQuestions = new("tooManyQuestions", 409, "Too many questions of the member stand");
    public static readonly ProblemKind NotNow = new("hitNotNow", 409, "It does not fit the state of the hit");
    public static readonly ProblemKind Closed = new("hitClosed", 409, "The hit is closed");

    public static readonly ProblemKind Full = new("hitFull", 409, "There is no room for more between the parties of the hit");
    public static readonly ProblemKind UnknownAttachment = new("unknownAttachment", 404, "There is no such attachment");

    public static IReadOnlyList<ProblemKind> All { get; } = [NotYours, Unknown, NotNow, Closed, Full, UnknownAttachment, UnknownQuestion, TooManyQuestions];

    public static IReadOnlyList<ProblemKind> OfEveryAct { get; } = [NotYours, Unknown, NotNow, Closed];
}
