using System.Text.Json;
using System.Text.Json.Serialization;
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
[JsonSerializable(typeof(TravelDocumentRequest))]
[JsonSerializable(typeof(WithdrawalRequest))]
[JsonSerializable(typeof(TravelDocument))]
[JsonSerializable(typeof(TravelDocumentPage))]
[JsonSerializable(typeof(TravelDocumentVersions))]
[JsonSerializable(typeof(ImportAnswer))]
[JsonSerializable(typeof(HubStatus))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(LocalHub))]
public sealed partial class LiaisonJson : JsonSerializerContext;
