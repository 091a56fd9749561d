using System.Globalization;
using Liaison.Kernel.Mrz;
using Liaison.Platform.Audit;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments.Search;

/// <summary>A question or a document as it stands in the audit: enough to repeat it, and nothing nominal.</summary>
internal static class AskedJson
{
    public static AuditJson Of(SearchQuestion question) => AuditJson.Of(
        ("number", question.Number.Key.Text),
        ("repaired", question.Repaired?.Key.Text),
        ("issuer", question.Issuer),
        ("lookAlikeIssuers", question.LookAlikeIssuers),
        ("kinds", question.Kinds),
        ("near", question.Near ? true : null),
        ("priority", question.Priority),
        ("format", question.Mrz?.Format.WireName()),
        ("checks", question.Mrz is { } mrz ? AuditJson.Of([.. MrzAnswer.Checks(mrz.Checks).Select(c => (c.Key, (object?)c.Value))]) : null));

    /// <summary>What a question of a batch asks besides its number, and what it does not share with the batch.</summary>
    public static AuditJson Besides(SearchQuestion question, Act batch) => AuditJson.Of(
        ("repaired", question.Repaired?.Key.Text),
        ("issuer", question.Issuer),
        ("lookAlikeIssuers", question.LookAlikeIssuers),
        ("kinds", question.Kinds),
        ("near", question.Near ? true : null),
        ("priority", question.Priority),
        ("format", question.Mrz?.Format.WireName()),
        ("checks", question.Mrz is { } mrz ? AuditJson.Of([.. MrzAnswer.Checks(mrz.Checks).Select(c => (c.Key, (object?)c.Value))]) : null),
        ("purpose", question.Purpose == batch.Purpose ? null : question.Purpose),
        ("reference", question.Reference),
        ("onBehalfOf", question.OnBehalfOf),
        ("place", question.Place),
        ("occurredAt", question.OccurredAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));

    public static AuditJson Of(ReportedDocument document, bool isReentry = false) => AuditJson.Of(
        ("number", document.Number.Key.Text), ("rangeTo", document.RangeTo?.Key.Text), ("issuer", document.Issuer),
        ("kind", document.Kind), ("status", document.Status), ("reentry", isReentry ? true : null));
}
