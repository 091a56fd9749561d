namespace Liaison.Api;

/// <summary>Every path of the hub, once. A document number never appears in a path or a query.</summary>
public static class Routes
{
    public const string TravelDocuments = "/v1/travel-documents";
    public const string TravelDocumentSearch = TravelDocuments + "/search";
    public const string TravelDocumentSearchMany = TravelDocumentSearch + "/batch";
    public const string TravelDocumentImports = TravelDocuments + "/imports";
    public const string Status = "/v1/status";
    public const string Token = "/connect/token";
    public const string DeviceAuthorization = "/connect/device";
    public const string Revocation = "/connect/revoke";

    /// <summary>The page where a person decides about a device.</summary>
    public const string Device = "/device";

    /// <summary>RFC 8414.</summary>
    public const string AuthorizationServer = "/.well-known/oauth-authorization-server";
    public const string Live = "/health/live";
    public const string Ready = "/health/ready";
    public const string OpenApi = "/openapi/v1.json";
    public const string Reference = "/docs";

    public static string TravelDocumentImport(Guid id) => $"{TravelDocumentImports}/{id}";

    public static string TravelDocumentImportRejects(Guid id) => $"{TravelDocumentImports}/{id}/rejects";

    public static string TravelDocument(Guid id) => $"{TravelDocuments}/{id}";

    public static string TravelDocumentVersions(Guid id) => $"{TravelDocuments}/{id}/versions";

    public static string TravelDocumentWithdrawal(Guid id) => $"{TravelDocuments}/{id}/withdrawal";
}
