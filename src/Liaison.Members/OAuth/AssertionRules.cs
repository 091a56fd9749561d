using System.Globalization;
using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Liaison.Members.OAuth;

/// <summary>What a client assertion (RFC 7523) must be, beyond what OpenIddict asks.</summary>
internal static class AssertionRules
{
    /// <summary>Signed by a key that only the client has. EdDSA is not among them because the library cannot check it.</summary>
    public static readonly string[] Algorithms =
        [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSha256];

    /// <summary>How far the client's clock may be off.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    /// <summary>RFC 7523 section 3 (4): an assertion for long is a password.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public const int LongestId = 128;

    public const string Type = "client-authentication+jwt";

    /// <summary>True when the algorithm is one that holds, and the one of the key: RFC 7518 section 3.4 has a curve for each.</summary>
    public static bool Fits(string algorithm, SecurityKey key) => Algorithms.Contains(algorithm) && key switch
    {
        JsonWebKey { Alg: { Length: > 0 } only } when only != algorithm => false,
        JsonWebKey { Kty: JsonWebAlgorithmsKeyTypes.EllipticCurve } or ECDsaSecurityKey =>
            algorithm == (key.KeySize == 384 ? SecurityAlgorithms.EcdsaSha384 : SecurityAlgorithms.EcdsaSha256),
        JsonWebKey { Kty: JsonWebAlgorithmsKeyTypes.RSA } or RsaSecurityKey => algorithm is SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.RsaSsaPssSha256,
        _ => false,
    };

    /// <summary>Why an assertion that is signed well does not do, for the one who signed it; null when it does.</summary>
    /// <param name="claims">Of the assertion.</param>
    /// <param name="issuer">The name of this hub.</param>
    /// <param name="now">The hub's time.</param>
    public static string? Refuse(AssertionClaims claims, Uri issuer, DateTimeOffset now)
    {
        var (audiences, id, expires, notBefore, issued) = claims;
        var name = issuer.AbsoluteUri.TrimEnd('/');
        return audiences is not [var audience] || audience.TrimEnd('/') != name ? $"The assertion's aud is this hub alone: {name}"
            : string.IsNullOrEmpty(id) ? "The assertion needs a jti of its own, so that nobody can send it again."
            : id.Length > LongestId || id.AsSpan().ContainsAnyExceptInRange('!', '~') ? $"The assertion's jti has at most {LongestId} visible ASCII characters."
            : expires is null || expires > now + Longest + Skew ? $"The assertion's exp is at most {Longest.TotalMinutes} minutes ahead."
            : expires + Skew < now ? "The assertion has expired: make one for each request, and set the clock."
            : notBefore > now + Skew ? "The assertion's nbf is still to come: set the clock."
            : issued > now + Skew ? "The assertion's iat is still to come: set the clock."
            : null;
    }
}

/// <summary>What an assertion says of itself: <c>aud</c>, <c>jti</c>, <c>exp</c>, <c>nbf</c>, <c>iat</c>.</summary>
internal sealed record AssertionClaims(
    IReadOnlyList<string> Audiences, string? Id, DateTimeOffset? Expires, DateTimeOffset? NotBefore, DateTimeOffset? Issued)
{
    public static AssertionClaims Of(ClaimsPrincipal assertion) => new(assertion.GetAudiences(), assertion.GetClaim(Claims.JwtId),
        Moment(assertion, Claims.ExpiresAt), Moment(assertion, Claims.NotBefore), Moment(assertion, Claims.IssuedAt));

    private static DateTimeOffset? Moment(ClaimsPrincipal assertion, string claim) =>
        double.TryParse(assertion.GetClaim(claim), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e11
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : null;
}

/// <summary>Says which algorithms and types hold, before the signature is looked at.</summary>
internal sealed class AssertionForm : IOpenIddictServerHandler<ValidateTokenContext>
{
    public ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.ValidTokenTypes.Contains(TokenTypeIdentifiers.Private.ClientAssertion)) Narrow(context);
        return default;
    }

    /// <summary>What an assertion may be, for the library that checks its signature.</summary>
    public static void Narrow(ValidateTokenContext context)
    {
        var rules = context.TokenValidationParameters;
        rules.ValidAlgorithms = AssertionRules.Algorithms;
        rules.AlgorithmValidator = (algorithm, key, _, _) => AssertionRules.Fits(algorithm, key);
        rules.RequireSignedTokens = true;
        // AssertionOnce looks at both, and can say what is wrong.
        (context.DisableAudienceValidation, context.DisableLifetimeValidation) = (true, true);
        // Most libraries write no type or JWT. The audience, which is this hub alone, keeps other tokens of the client's key out.
        rules.TypeValidator = (type, _, _) => type is null or "" or "JWT" or AssertionRules.Type ? AssertionRules.Type
            : throw new SecurityTokenInvalidTypeException("Not an assertion.") { InvalidType = type };
    }
}

/// <summary>Takes an assertion that is signed well once, whichever node it comes to.</summary>
internal sealed class AssertionOnce(UsedAssertions used, ActiveAccounts accounts, ProvedRequests proved, TimeProvider clock)
    : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (context.ClientAssertionPrincipal is not { } assertion) return;
        var claims = AssertionClaims.Of(assertion);
        var why = AssertionRules.Refuse(claims, context.Options.Issuer ?? context.BaseUri!, clock.GetUtcNow());
        if (why is null)
        {
            var account = assertion.GetClaim(Claims.Subject)!;
            var caller = await accounts.NamedAsync(account, context.CancellationToken);
            if (caller is not null && !await proved.TakeAsync(context, caller)) return;
            if (await used.TakeAsync(account, claims.Id!, claims.Expires!.Value, context.CancellationToken)) return;
            // Whoever has a copy proves nothing with it, and takes nothing of what its owner has.
            if (caller is not null) proved.GiveBack(context, caller);
            why = "The assertion was used before: make one for each request, with a jti of its own.";
        }

        // Whoever signed it may be told what is wrong with it; Refusals passes it on.
        context.Transaction.Properties[nameof(AssertionRules)] = why;
        context.Reject(Errors.InvalidClient, why);
    }
}

/// <summary>The assertions of the last minutes, in the database, where all nodes look.</summary>
internal sealed class UsedAssertions(NpgsqlDataSource database)
{
    /// <summary>Longer than the clocks of two nodes may be apart.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>False when it was taken before.</summary>
    public async Task<bool> TakeAsync(string client, string id, DateTimeOffset expires, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "INSERT INTO members.used_assertion (client, jti, until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        command.Parameters.Add(new() { Value = client });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = expires.ToUniversalTime() + Kept });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }
}
