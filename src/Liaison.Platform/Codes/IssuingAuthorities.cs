namespace Liaison.Platform.Codes;

/// <summary>
/// Which member writes for which issuing code: <c>data/issuing-authorities.csv</c>. One member may own several (GBR writes GBD, HKG is
/// written by CHN).
/// </summary>
public static class IssuingAuthorities
{
    private static readonly CodeList List = CodeList.Embedded(typeof(IssuingAuthorities).Assembly, "issuing-authorities");

    private static readonly HashSet<string> Known = [.. List.Codes.Select(issuer => List.Value(issuer, "member"))];

    /// <summary>Codes of the members that write for any issuer.</summary>
    public static IReadOnlyCollection<string> Members => Known;

    public static bool IsMember(string code) => Known.Contains(code);

    /// <summary>The issuers that a member writes for.</summary>
    public static string[] IssuersOf(string member) => [.. List.Codes.Where(issuer => List.Value(issuer, "member") == member)];

    /// <summary>The member that owns the documents of an issuer (canonical code), or null when nobody writes for it any more.</summary>
    public static string? MemberFor(string issuer) => List.Has(issuer) ? List.Value(issuer, "member") : null;
}
