using Liaison.Platform.Audit;
using Liaison.TravelDocuments.Search;

namespace Liaison.TravelDocuments.SearchMany;

/// <summary>Where the pieces of a batch become durable.</summary>
/// <param name="Writer">Of the audit.</param>
/// <param name="Remembering">What is kept of their questions.</param>
internal sealed record PieceAudit(AuditWriter Writer, Remembering Remembering);
