using Liaison.Platform.Access;

namespace Liaison.Hits;

/// <summary>What an account may be allowed to do in this module.</summary>
internal static class HitRights
{
    public static readonly Right Read = new("hits.read", "See the hits between one's own member and others, and what became of them");

    public static readonly Right Report =
        new("hits.report", "As the one who asked: have a possible match looked into, and say what came of a hit");

    public static readonly Right Watch = new("hits.watch", "Let questions stand: be told when a number is recorded; the right to search it is needed too");

    public static readonly Right Answer = new("hits.answer", "As the owner of a record: acknowledge, confirm or deny hits on it, and close them");

    public static readonly Right Message = new("hits.message", "Write messages to the other party of a hit, and hand it files");

    /// <summary>Only for accounts of the secretariat.</summary>
    public static readonly Right Administer =
        new("hits.administer", "Look after hits that their owners left unanswered: acknowledge them, and remind the owners")
        {
            OnlyOf = MemberKind.Secretariat,
        };
}
