namespace Liaison.TravelDocuments;

/// <summary>What an account may be allowed to do in this dataset.</summary>
internal static class TravelDocumentPermissions
{
    public const string Search = "travelDocuments.search";
    public const string Read = "travelDocuments.read";

    /// <summary>Record, change and withdraw the documents of one's own issuing authority, also in bulk.</summary>
    public const string Write = "travelDocuments.write";
}
