namespace Liaison.Api;

/// <summary>Every path of the hub, once. A document number never appears in a path or a query.</summary>
public static class Routes
{
    public const string TravelDocuments = "/v1/travel-documents";
    public const string TravelDocumentSearch = TravelDocuments + "/search";
    public const string TravelDocumentSearchMany = TravelDocumentSearch + "/batch";
    public const string TravelDocumentImports = TravelDocuments + "/imports";
    public const string Hits = "/v1/hits";
    public const string HitFigures = Hits + "/figures";
    public const string StandingQuestions = Hits + "/questions";
    public const string Events = "/v1/events";
    public const string Webhooks = "/v1/webhooks";
    public const string Members = "/v1/members";
    public const string MemberState = Members + "/state";
    public const string Desks = "/v1/desks";
    public const string Units = "/v1/units";
    public const string UnitWithdrawal = Units + "/withdrawal";
    public const string UnitUse = Units + "/use";
    public const string Accounts = "/v1/accounts";
    public const string AccountChange = Accounts + "/change";
    public const string AccountState = Accounts + "/state";
    public const string AccountInvitation = Accounts + "/invitation";
    public const string AccountKeys = Accounts + "/keys";
    public const string AccountProvider = Accounts + "/provider";
    public const string AccountAccess = Accounts + "/access";
    public const string Providers = "/v1/providers";
    public const string ProviderChange = Providers + "/change";
    public const string ProviderEnd = Providers + "/end";
    public const string Agreements = "/v1/agreements";
    public const string AgreementEnd = Agreements + "/end";
    public const string Approvals = "/v1/approvals";
    public const string ApprovalDecision = Approvals + "/decision";
    public const string ApprovalLink = Approvals + "/link";
    public const string Status = "/v1/status";
    public const string Token = "/connect/token";
    public const string DeviceAuthorization = "/connect/device";
    public const string Revocation = "/connect/revoke";

    /// <summary>The page where a person decides about a device.</summary>
    public const string Device = "/device";

    /// <summary>Where persons of a member sign in by its own provider.</summary>
    public const string SignInVia = "/sign-in/via";

    /// <summary>RFC 8414.</summary>
    public const string AuthorizationServer = "/.well-known/oauth-authorization-server";
    public const string Live = "/health/live";
    public const string Ready = "/health/ready";
    public const string OpenApi = "/openapi/v1.json";
    public const string Reference = "/docs";

    public static string Hit(Guid id) => $"{Hits}/{id}";

    public static string StandingQuestionEnd(Guid id) => $"{StandingQuestions}/{id}/end";

    public static string HitAnswer(Guid id) => $"{Hits}/{id}/answer";

    public static string HitOutcome(Guid id) => $"{Hits}/{id}/outcome";

    public static string HitClosure(Guid id) => $"{Hits}/{id}/closure";

    public static string HitCare(Guid id) => $"{Hits}/{id}/care";

    /// <param name="act"><c>secret</c>, <c>pause</c>, <c>resume</c>, <c>replay</c>, <c>dead</c> or <c>end</c>.</param>
    public static string Webhook(Guid id, string act) => $"{Webhooks}/{id}/{act}";

    public static string HitMessages(Guid id) => $"{Hits}/{id}/messages";

    public static string HitAttachments(Guid id) => $"{Hits}/{id}/attachments";

    public static string HitAttachment(Guid attachment) => $"{Hits}/attachments/{attachment}";

    public static string TravelDocumentImport(Guid id) => $"{TravelDocumentImports}/{id}";

    public static string TravelDocumentImportRejects(Guid id) => $"{TravelDocumentImports}/{id}/rejects";

    public static string TravelDocument(Guid id) => $"{TravelDocuments}/{id}";

    public static string TravelDocumentVersions(Guid id) => $"{TravelDocuments}/{id}/versions";

    public static string TravelDocumentSight(Guid id) => $"{TravelDocuments}/{id}/sight";

    public static string TravelDocumentWithdrawal(Guid id) => $"{TravelDocuments}/{id}/withdrawal";

    public static string TravelDocumentHold(Guid id) => $"{TravelDocuments}/{id}/hold";

    public static string TravelDocumentRelease(Guid id) => $"{TravelDocuments}/{id}/hold/release";
}
