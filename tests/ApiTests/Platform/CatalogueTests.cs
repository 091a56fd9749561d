using System.Text;
using Liaison.Hits;
using Liaison.Members;
using Liaison.Platform.Audit;
using Liaison.Platform.Web;
using Liaison.TravelDocuments;
using Liaison.TravelDocuments.Domain;

namespace ApiTests.Platform;

/// <summary>The published vocabularies: stable codes that others program against. Set LIAISON_APPROVE=1 to accept a change.</summary>
public sealed class CatalogueTests
{
    [Fact]
    public void Problems_are_the_approved_ones()
    {
        var text = new StringBuilder("""
            # Problems

            Every failure is an RFC 9457 problem document, `application/problem+json`. Programs act on `code`; texts may be reworded.
            `errors` names each field at fault with a code of its own.

            | code | status | title |
            |---|---|---|

            """);
        foreach (var kind in PlatformProblems.All.Concat(MemberProblems.All).Concat(Problems.All).Concat(HitProblems.All).OrderBy(k => k.Code, StringComparer.Ordinal))
            text.Append(null, $"| `{kind.Code}` | {kind.Status} | {kind.Title} |\n");
        Approved.File("docs/problems.md", text.ToString());
    }

    [Fact]
    public void Audit_events_are_the_approved_ones()
    {
        var text = new StringBuilder("""
            # Audit events

            The vocabulary of column `event` of `audit.entry`. A code is never reworded or used again.

            | event | meaning |
            |---|---|

            """);
        foreach (var kind in AuditEvents.All.Concat(MemberEvents.All).Concat(TravelDocumentEvents.All).Concat(HitEvents.All).OrderBy(k => k.Code, StringComparer.Ordinal))
            text.Append(null, $"| `{kind.Code}` | {kind.Meaning} |\n");
        Approved.File("docs/audit-events.md", text.ToString());
    }

    [Fact]
    public void Reasons_and_notes_are_the_approved_ones()
    {
        var text = new StringBuilder("""
            # Reasons and notes of an answer

            Each match says why it matches (`reasons`) and what to know before acting (`notes`). Codes are stable; texts are for people.

            | code | text |
            |---|---|

            """);
        foreach (var reason in Reason.All) text.Append(null, $"| `{reason.Code}` | {reason.Text} |\n");
        Approved.File("docs/reasons.md", text.ToString());
    }
}
