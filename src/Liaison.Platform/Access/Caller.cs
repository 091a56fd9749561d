using Microsoft.AspNetCore.Http;

namespace Liaison.Platform.Access;

/// <summary>Who is calling: an account of a member and what it may do.</summary>
/// <param name="Account">Id of the account, as it stands in the audit.</param>
/// <param name="Member">Code of the member that answers for it.</param>
/// <param name="Permissions">Codes such as <c>travelDocuments.search</c>.</param>
/// <param name="DefaultPurpose">Purpose of its questions when it names none.</param>
public sealed record Caller(string Account, string Member, IReadOnlySet<string> Permissions, string? DefaultPurpose)
{
    /// <summary>What kind of organisation answers for it.</summary>
    public MemberKind MemberKind { get; init; } = MemberKind.Country;

    /// <summary>
    /// Every name it answers to in the restrictions of a record: its member (<c>FRA</c>), the groups of its member (<c>@EU</c>), its unit and
    /// those above it (<c>FRA/BORDER/CDG</c>, <c>FRA/BORDER</c>).
    /// </summary>
    public IReadOnlySet<string> Parties { get; init; } = new HashSet<string>(StringComparer.Ordinal) { Member };

    /// <summary>The caller that the gate let in.</summary>
    /// <exception cref="InvalidOperationException">The route has no rule, so the gate never ran: a fault of the code.</exception>
    public static Caller Of(HttpContext http) =>
        http.Features.Get<Caller>()
        ?? throw new InvalidOperationException("This route needs a rule (Needs) before it may ask who is calling.");

    /// <summary>The grants of its unit and of every unit above it; all of them must allow what it does. Empty for accounts of the bureau itself.</summary>
    public IReadOnlyList<UnitGrant> Units { get; init; } = [];

    /// <summary>The agreements of its member, also those to come and those that ended since they were read.</summary>
    public IReadOnlyList<Agreement> Agreements { get; init; } = [];

    /// <summary>
    /// When the person proved who it is to let the program act that calls now; null where the token itself is such a proof, as a system's is.
    /// </summary>
    public DateTimeOffset? ProvedAt { get; init; }

    internal void EnterInto(HttpContext http) => http.Features.Set(this);
}
