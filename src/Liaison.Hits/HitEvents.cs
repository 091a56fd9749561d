using Liaison.Platform.Audit;

namespace Liaison.Hits;

/// <summary>Audit events of this module. Published in docs/audit-events.md.</summary>
internal static class HitEvents
{
    public static readonly AuditEventKind Opened = new("hits.opened", "The hub opened cases for hits, or joined hits to open cases; its records are the cases.");
    public static readonly AuditEventKind Asked = new("hits.asked", "Who asked had a possible match looked into: a case was opened.");
    public static readonly AuditEventKind Read = new("hits.read", "A hit was read, or waited for.");
    public static readonly AuditEventKind Listed = new("hits.listed", "A member listed its hits.");
    public static readonly AuditEventKind FiguresRead = new("hits.figuresRead", "Figures on hits were read.");
    public static readonly AuditEventKind Answered = new("hits.answered", "The owner acknowledged, confirmed, denied or withdrew a hit.");
    public static readonly AuditEventKind OutcomeGiven = new("hits.outcomeGiven", "Who asked said what came of a hit.");
    public static readonly AuditEventKind Closed = new("hits.closed", "A case was closed, by its owner or by the hub.");
    public static readonly AuditEventKind LookedAfter = new("hits.lookedAfter", "The secretariat acknowledged an unanswered hit, or reminded its owner.");
    public static readonly AuditEventKind Reminded = new("hits.reminded", "The hub reminded an owner's desk of a hit: half of its time had passed.");
    public static readonly AuditEventKind Escalated = new("hits.escalated", "The hub told an owner's duty room of a hit whose answer was due.");
    public static readonly AuditEventKind Lapsed = new("hits.lapsed", "The hub told the secretariat of a hit that its owner left unanswered for twice its time.");
    public static readonly AuditEventKind RecordEnded = new("hits.recordEnded", "Records ended: the hub ended the cases on them, and told those who had asked.");
    public static readonly AuditEventKind Restricted = new("hits.restricted", "The owner said anew whom a record is for: the hub holds cases on it to that.");
    public static readonly AuditEventKind MessageWritten = new("hits.messageWritten", "The owner of a record, or one who asked, wrote to the other; its records are the hit and the message.");
    public static readonly AuditEventKind Attached = new("hits.attached", "A file was handed to the other party of a hit; its records are the hit and the attachment.");
    public static readonly AuditEventKind MessagesRead = new("hits.messagesRead", "What two parties of a hit wrote to each other was read.");
    public static readonly AuditEventKind AttachmentFetched = new("hits.attachmentFetched", "A file that was handed over in a hit was fetched.");
    public static readonly AuditEventKind Purged = new("hits.purged", "The hub removed cases that had been closed long enough.");

    public static readonly AuditEventKind FoundLate =
        new("hits.foundLate", "Records were entered or changed that searches of the past had asked for: the hub told those who had asked, or the owner alone.");

    public static readonly AuditEventKind QuestionStands = new("hits.questionStands", "A member asked to be told when a number is recorded.");
    public static readonly AuditEventKind QuestionsListed = new("hits.questionsListed", "A member listed the questions that stand.");
    public static readonly AuditEventKind QuestionEnded = new("hits.questionEnded", "A member ended a question that stood.");

    public static IReadOnlyList<AuditEventKind> All { get; } =
    [
        Opened, Asked, Read, Listed, FiguresRead, Answered, OutcomeGiven, Closed, LookedAfter, Reminded, Escalated, Lapsed, RecordEnded,
        Restricted, Purged, MessageWritten, Attached, MessagesRead, AttachmentFetched, FoundLate, QuestionStands, QuestionsListed, QuestionEnded,
    ];

    /// <summary>Outbox event: a case was opened, or a hit joined one. Payload: <c>case</c>, <c>hit</c>, <c>owner</c>, <c>asker</c>, <c>priority</c>.</summary>
    public const string CaseOpened = "hits.caseOpened";

    /// <summary>
    /// Outbox event: a case changed. Payload: <c>case</c>, <c>owner</c>, <c>act</c>, <c>state</c>, <c>level</c>, <c>hit</c> where only one asker is
    /// concerned, <c>over</c> where it was the act after which no answer is waited for any more.
    /// </summary>
    public const string Changed = "hits.changed";

    /// <summary>
    /// Outbox event, for the other party: something was said. Payload: <c>case</c>, <c>hit</c>, <c>owner</c>, <c>asker</c>, <c>message</c>, <c>byOwner</c>.
    /// </summary>
    public const string Message = "hits.message";

    /// <summary>Outbox event, for one who asked: the record of its hit ended. Payload: <c>hit</c>, <c>asker</c>, <c>account</c>.</summary>
    public const string AskerTold = "hits.recordEnded";
}
