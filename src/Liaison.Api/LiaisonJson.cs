using System.Text.Json;
using System.Text.Json.Serialization;
using Liaison.Api.Events;
using Liaison.Api.Hits;
using Liaison.Api.Members;
using Liaison.Api.TravelDocuments;

namespace Liaison.Api;

/// <summary>
/// The one JSON dialect of the hub: camelCase, strict (unknown and repeated members are refused), absent instead of null.
/// Source generated: no reflection at start or on the hot path.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 8)]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(SearchLine))]
[JsonSerializable(typeof(SearchLineAnswer))]
[JsonSerializable(typeof(TravelDocumentRequest))]
[JsonSerializable(typeof(WithdrawalRequest))]
[JsonSerializable(typeof(HoldRequest))]
[JsonSerializable(typeof(TravelDocument))]
[JsonSerializable(typeof(TravelDocumentPage))]
[JsonSerializable(typeof(TravelDocumentVersions))]
[JsonSerializable(typeof(TravelDocumentSight))]
[JsonSerializable(typeof(ImportedDocument))]
[JsonSerializable(typeof(ImportJob))]
[JsonSerializable(typeof(ImportJobList))]
[JsonSerializable(typeof(HubStatus))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(LocalHub))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(DeviceAnswer))]
[JsonSerializable(typeof(Member))]
[JsonSerializable(typeof(MemberList))]
[JsonSerializable(typeof(MemberRequest))]
[JsonSerializable(typeof(MemberStateRequest))]
[JsonSerializable(typeof(Desk))]
[JsonSerializable(typeof(Unit))]
[JsonSerializable(typeof(UnitList))]
[JsonSerializable(typeof(UnitRequest))]
[JsonSerializable(typeof(UnitWithdrawal))]
[JsonSerializable(typeof(UnitUseList))]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(AccountList))]
[JsonSerializable(typeof(AccountRequest))]
[JsonSerializable(typeof(AccountStateRequest))]
[JsonSerializable(typeof(InvitationRequest))]
[JsonSerializable(typeof(AccountKeysRequest))]
[JsonSerializable(typeof(AccountProviderRequest))]
[JsonSerializable(typeof(AccessExplanation))]
[JsonSerializable(typeof(Provider))]
[JsonSerializable(typeof(ProviderList))]
[JsonSerializable(typeof(ProviderRequest))]
[JsonSerializable(typeof(ProviderChange))]
[JsonSerializable(typeof(ProviderEnd))]
[JsonSerializable(typeof(Agreement))]
[JsonSerializable(typeof(AgreementList))]
[JsonSerializable(typeof(AgreementRequest))]
[JsonSerializable(typeof(AgreementEnd))]
[JsonSerializable(typeof(Approval))]
[JsonSerializable(typeof(ApprovalList))]
[JsonSerializable(typeof(ApprovalDecision))]
[JsonSerializable(typeof(LinkRequest))]
[JsonSerializable(typeof(Hit))]
[JsonSerializable(typeof(HitPage))]
[JsonSerializable(typeof(HitRequest))]
[JsonSerializable(typeof(HitAnswerRequest))]
[JsonSerializable(typeof(HitOutcomeRequest))]
[JsonSerializable(typeof(HitClosureRequest))]
[JsonSerializable(typeof(HitCareRequest))]
[JsonSerializable(typeof(HitFigures))]
[JsonSerializable(typeof(StandingQuestion))]
[JsonSerializable(typeof(StandingQuestionPage))]
[JsonSerializable(typeof(StandingQuestionRequest))]
[JsonSerializable(typeof(HitMessageRequest))]
[JsonSerializable(typeof(HitMessage))]
[JsonSerializable(typeof(HitMessages))]
[JsonSerializable(typeof(CloudEvent))]
[JsonSerializable(typeof(CloudEvent[]))]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(WebhookList))]
[JsonSerializable(typeof(WebhookRequest))]
[JsonSerializable(typeof(WebhookReplay))]
[JsonSerializable(typeof(DeadEvents))]
[JsonSerializable(typeof(JsonDocument))]
public sealed partial class LiaisonJson : JsonSerializerContext
{
    /// <summary>
    /// For reading what a hub answers: as <see cref="Default"/>, but members that this version does not know are passed over, because
    /// the hub may be newer than its caller.
    /// </summary>
    /// <remarks>Thread-safe. Made on first use: static members of the generated part may be initialised after those of this one.</remarks>
    public static LiaisonJson Answers => field ??= new(new JsonSerializerOptions(Default.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    });
}
