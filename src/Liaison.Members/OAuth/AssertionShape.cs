using System.Buffers.Text;
using System.Text.Json;

namespace Liaison.Members.OAuth;

/// <summary>
/// What an assertion must look like before the library reads it: it would take a name for the database that no database takes, a moment that no
/// calendar has, and a header member that it does not understand.
/// </summary>
internal static class AssertionShape
{
    private const int Deepest = 8, LongestName = 128;
    private const double LatestSecond = 1e11;

    /// <summary>RFC 7519 section 4 lets a reader refuse a name that comes twice. Two readers could each take another one of them.</summary>
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Deepest, AllowDuplicateProperties = false };

    private static readonly string[] HeaderTexts = ["alg", "kid", "typ"], Names = ["iss", "sub"], Moments = ["exp", "nbf", "iat"];

    /// <summary>Why nobody needs to look at the signature; null when it may be a good one.</summary>
    public static string? Refuse(string assertion)
    {
        var parts = assertion.Split('.');
        if (parts.Length != 3) return "The assertion is a signed token of three parts (RFC 7515).";
        using var header = Read(parts[0]);
        using var claims = Read(parts[1]);
        if (header is null || claims is null) return "Header and claims of the assertion are JSON objects that name nothing twice.";
        if (HeaderTexts.Any(t => header.RootElement.TryGetProperty(t, out var value) && (value.ValueKind is not JsonValueKind.String || !IsVisible(value))))
            return "The assertion's alg, kid and typ are text.";
        // RFC 7515 section 4.1.11: what must be understood and is not makes the token void.
        if (header.RootElement.TryGetProperty("crit", out _)) return "The assertion's header has crit, and the hub knows no extension.";
        if (Names.Any(n => !claims.RootElement.TryGetProperty(n, out var value) || value.ValueKind is not JsonValueKind.String || !IsVisible(value)))
            return "The assertion's iss and sub are the name of the account.";
        if (claims.RootElement.GetProperty("iss").GetString() != claims.RootElement.GetProperty("sub").GetString())
            return "The assertion's iss and sub are the same: nobody signs for another (RFC 7523 section 3).";
        return Moments.Any(m => claims.RootElement.TryGetProperty(m, out var value) && !IsMoment(value))
            ? "The assertion's exp, nbf and iat are seconds since 1970 (RFC 7519)." : null;
    }

    private static JsonDocument? Read(string part)
    {
        try
        {
            var json = JsonDocument.Parse(Base64Url.DecodeFromChars(part), Strict);
            if (json.RootElement.ValueKind is JsonValueKind.Object) return json;
            json.Dispose();
            return null;
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException)
        {
            return null;
        }
    }

    private static bool IsVisible(JsonElement text)
    {
        try
        {
            return text.GetString() is { Length: > 0 and <= LongestName } value && !value.AsSpan().ContainsAnyExceptInRange('!', '~');
        }
        catch (InvalidOperationException)
        {
            // Half a character (\ud800), or bytes that are none.
            return false;
        }
    }

    private static bool IsMoment(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < LatestSecond;
}
