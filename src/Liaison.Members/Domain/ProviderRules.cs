namespace Liaison.Members.Domain;

/// <summary>What an id token, whose signature, issuer, audience, time and nonce hold, says of the person and of how it signed in there.</summary>
/// <param name="Subject"><c>sub</c>.</param>
/// <param name="Audiences"><c>aud</c>.</param>
/// <param name="Party"><c>azp</c>.</param>
/// <param name="Acr"><c>acr</c>.</param>
/// <param name="Amr"><c>amr</c>.</param>
/// <param name="AuthenticatedAt"><c>auth_time</c>.</param>
internal sealed record ProviderClaims(
    string? Subject, IReadOnlyList<string> Audiences, string? Party, string? Acr, IReadOnlyList<string> Amr, DateTimeOffset? AuthenticatedAt);

/// <summary>What a member wants of its provider, and what the hub asked it for.</summary>
/// <param name="ClientId">The hub's name there.</param>
/// <param name="Acr">One of these, unless empty.</param>
/// <param name="Amr">One of these, unless empty.</param>
/// <param name="NotBefore">The person proved there who it is at this moment or later.</param>
internal sealed record ProviderDemands(string ClientId, IReadOnlyList<string> Acr, IReadOnlyList<string> Amr, DateTimeOffset NotBefore);

/// <summary>Judges what a provider says beyond what the library asks.</summary>
internal static class ProviderRules
{
    /// <summary>How far the provider's clock may be off.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    /// <summary>OpenID Connect Core section 2.</summary>
    private const int LongestSubject = 255;

    /// <summary>Why it does not do; null when it does.</summary>
    /// <param name="claims">Of the id token.</param>
    /// <param name="wanted">Of the member, and of the request.</param>
    /// <param name="now">The hub's time.</param>
    public static string? Refuse(ProviderClaims claims, ProviderDemands wanted, DateTimeOffset now) =>
        !IsSubject(claims.Subject) ? "subject"
        : !claims.Audiences.Contains(wanted.ClientId) || (claims.Audiences.Count > 1 && claims.Party is null)
            || (claims.Party is not null && claims.Party != wanted.ClientId) ? "audience"
        : claims.AuthenticatedAt is not { } at || at < wanted.NotBefore - Skew || at > now + Skew ? "authenticationTime"
        : wanted.Acr.Count > 0 && (claims.Acr is null || !wanted.Acr.Contains(claims.Acr)) ? "secondFactor"
        : wanted.Amr.Count > 0 && !wanted.Amr.Any(claims.Amr.Contains) ? "secondFactor"
        : null;

    /// <summary>OpenID Connect Core section 2: ASCII. Whatever cannot be seen would be a way to look like another.</summary>
    public static bool IsSubject(string? subject) =>
        subject is { Length: > 0 and <= LongestSubject } && !subject.AsSpan().ContainsAnyExceptInRange(' ', '~') && subject.Trim() == subject;

    /// <summary>No query, no fragment, no user: OpenID Connect Discovery section 3.</summary>
    public static bool IsIssuer(string? issuer) =>
        issuer is { Length: > 0 and <= 200 } && Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && issuer.All(c => c is > ' ' and < '\x7f')
        && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0 && !issuer.AsSpan().ContainsAny('?', '#', '\\');
}
