using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Liaison.Members.OAuth;

/// <summary>Reads the form of a request before the library does: within bounds, and without what no field of OAuth holds.</summary>
internal static class OAuthForm
{
    private const int MostFields = 32, LongestName = 64;

    private const string Type = "application/x-www-form-urlencoded", Basic = "Basic ";

    /// <summary>RFC 6749 appendix A: every value is printable.</summary>
    private const string NotPrintable = "A field holds a character that none may hold.";

    /// <summary>Why the request is not looked at any further, or null.</summary>
    public static async Task<string?> RefuseAsync(HttpContext http, int longestValue)
    {
        if (!HttpMethods.IsPost(http.Request.Method)) return null;
        if (HasForbidden(http.Request.Headers.Authorization)) return NotPrintable;
        // The library says itself what it thinks of other types.
        if (http.Request.ContentType?.StartsWith(Type, StringComparison.OrdinalIgnoreCase) is not true) return null;
        var options = new FormOptions { ValueCountLimit = MostFields, KeyLengthLimit = LongestName, ValueLengthLimit = longestValue };
        http.Features.Set<IFormFeature>(new FormFeature(http.Request, options));
        // What only begins like the type: the library would take it for one, and fail at reading it.
        if (!http.Request.HasFormContentType) return $"The type of the form is {Type}.";
        try
        {
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            return form.Any(f => IsForbidden(f.Key) || f.Value.Any(IsForbidden)) ? NotPrintable
                : form["client_assertion"] is [{ Length: > 0 } assertion] ? AssertionShape.Refuse(assertion)
                : null;
        }
        catch (NotSupportedException)
        {
            // UTF-7, which .NET reads no more.
            return $"The type of the form is {Type}, and its letters are UTF-8.";
        }
        catch (InvalidDataException)
        {
            return $"The form has at most {MostFields} fields, with names of at most {LongestName} characters.";
        }
    }

    /// <summary>Whom the form names, proved or not; null when it names nobody, or somebody in a header.</summary>
    public static string? ClientOf(IFormCollection form) => form["client_id"] is [{ Length: > 0 } client] ? client : Refusals.IssuerOf(form["client_assertion"]);

    private static bool IsForbidden(string? text) => text is not null && text.Any(char.IsControl);

    /// <summary>The name of a client in a header is escaped twice over (RFC 6749 section 2.3.1).</summary>
    private static bool HasForbidden(StringValues authorization)
    {
        if (authorization is not [{ } header] || !header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)) return false;
        var bytes = new byte[header.Length];
        return Convert.TryFromBase64String(header[Basic.Length..].Trim(), bytes, out var length)
            && IsForbidden(Uri.UnescapeDataString(Encoding.UTF8.GetString(bytes, 0, length)));
    }
}
