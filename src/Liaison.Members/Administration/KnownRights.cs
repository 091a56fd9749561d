using Liaison.Platform.Access;
using Microsoft.AspNetCore.Routing;

namespace Liaison.Members.Administration;

/// <summary>Every right there is, found in the route table: an account cannot be given what no route asks for.</summary>
internal sealed class KnownRights(EndpointDataSource endpoints)
{
    private IReadOnlyDictionary<string, Right> All => field ??= endpoints.Endpoints
        .Select(e => e.Metadata.GetMetadata<RouteRule>()?.Permission).OfType<Right>().DistinctBy(r => r.Code)
        .ToDictionary(r => r.Code, StringComparer.Ordinal);

    public IEnumerable<string> Codes => All.Keys.Order(StringComparer.Ordinal);

    public IReadOnlyList<string> Datasets => [.. All.Values.Select(r => r.Dataset).OfType<string>().Distinct()];

    public Right? Find(string code) => All.GetValueOrDefault(code);
}
