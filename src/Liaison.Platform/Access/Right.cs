namespace Liaison.Platform.Access;

/// <summary>What an agreement lets a member do with a dataset.</summary>
[Flags]
public enum AgreementAccess
{
    None = 0,
    Search = 1,
    Contribute = 2,
    Either = Search | Contribute,
}

/// <summary>Something that an account may be allowed to do.</summary>
/// <param name="Code">Stable, such as <c>travelDocuments.search</c>.</param>
/// <param name="Meaning">In words for an administrator.</param>
/// <param name="Dataset">The dataset that the member must take part in, or null when no agreement is needed.</param>
/// <param name="Takes">In which way it must take part: any one of these is enough.</param>
public sealed record Right(string Code, string Meaning, string? Dataset = null, AgreementAccess Takes = AgreementAccess.None)
{
    /// <summary>The only kind of member whose accounts hold it, whatever stands in their list; null for every kind.</summary>
    public MemberKind? OnlyOf { get; init; }
}
