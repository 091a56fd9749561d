namespace Liaison.Platform.Access;

/// <summary>A member takes part in a dataset: to do what, for which purposes, from when until when.</summary>
/// <param name="Dataset">Name of the dataset, as <c>travelDocuments</c>.</param>
/// <param name="Access">To search it or to contribute to it.</param>
/// <param name="Purposes">Codes of <c>data/purposes.csv</c>; never empty.</param>
/// <param name="Since">From this moment on.</param>
/// <param name="Until">Up to this moment and not at it; null for no end.</param>
public sealed record Agreement(string Dataset, AgreementAccess Access, IReadOnlySet<string> Purposes, DateTimeOffset Since, DateTimeOffset? Until)
{
    internal bool Covers(Right permission, DateTimeOffset now) =>
        Dataset == permission.Dataset && (Access & permission.Takes) != 0 && Since <= now && (Until is null || now < Until);
}

/// <summary>What a bureau lets one of its units do: direct access under the bureau's responsibility.</summary>
/// <param name="Unit">Its name in the tree, as <c>FRA/BORDER/CDG</c>.</param>
/// <param name="Permissions">Codes; empty when the bureau withdrew it.</param>
/// <param name="Purposes">Codes; null for every purpose that the member's agreements name, none for none of them.</param>
public sealed record UnitGrant(string Unit, IReadOnlySet<string> Permissions, IReadOnlySet<string>? Purposes);
