using Liaison.Platform.Access;

namespace Liaison.TravelDocuments;

/// <summary>What an account may be allowed to do in this dataset.</summary>
internal static class TravelDocumentPermissions
{
    private const string Dataset = "travelDocuments";

    public static readonly Right Search = new("travelDocuments.search", "Ask whether a document is reported", Dataset, AgreementAccess.Search);

    public static readonly Right Read =
        new("travelDocuments.read", "Read records and their history, and list the member's own", Dataset, AgreementAccess.Either);

    public static readonly Right Write = new("travelDocuments.write",
        "Record, change and withdraw the documents of one's own issuing authority, also in bulk", Dataset, AgreementAccess.Contribute);
}
