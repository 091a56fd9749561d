using Liaison.Api.TravelDocuments;

namespace Liaison.TravelDocuments.Demo;

/// <summary>One synthetic record: what a member would have sent, and when.</summary>
/// <param name="Owner">The member that writes it.</param>
/// <param name="Document">As it would stand on the wire; the review date is set.</param>
/// <param name="RecordedOn">Never after the day the data was made for.</param>
internal sealed record DemoDocument(string Owner, TravelDocumentRequest Document, DateOnly RecordedOn);
