using Liaison.Members.SignIn.Pages;
using Liaison.Platform.Access;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Liaison.Members.SignIn;

/// <summary>
/// The gate before every page: the headers that a browser must obey, who is signed in, whether a form is one of ours, and what the route
/// table asks of the person.
/// </summary>
internal sealed class PageGate(Sessions sessions, SessionCookie cookie, IAntiforgery antiforgery, PageRenderer pages, TimeProvider clock) : IEndpointFilter
{
    private const int LargestForm = 64 << 10, MostFields = 16;

    /// <summary>OWASP ASVS 5, 3.4: no script, style, form or frame but the hub's own.</summary>
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        Harden(http.Response.Headers);
        if (!cookie.IsSafe(http)) return Answers.Problem(PlatformProblems.InvalidRequest, "Pages are shown over TLS only: open the hub's https address.");
        var session = await sessions.FindAsync(http);
        session?.EnterInto(http);
        if (HttpMethods.IsPost(http.Request.Method) && !await IsOwnFormAsync(http))
            return pages.Show<NoticePage>(http, StatusCodes.Status400BadRequest, (nameof(NoticePage.Text), "formExpired"));

        if (http.GetEndpoint()?.Metadata.GetMetadata<PersonRoute>() is { } rule
            && (session is null || (rule.IsSensitive && !session.IsFresh(clock.GetUtcNow()))))
            return new SeeOther(SignInPages.Address(HttpMethods.IsGet(http.Request.Method) ? http.Request.Path + http.Request.QueryString : AccountPages.Path));
        return await next(context);
    }

    private static void Harden(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] =
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)";
    }

    private async Task<bool> IsOwnFormAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = LargestForm;
        if (http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) is not true) return false;
        http.Features.Set<IFormFeature>(new FormFeature(http.Request,
            new FormOptions { ValueCountLimit = MostFields, KeyLengthLimit = 64, ValueLengthLimit = LargestForm }));
        try
        {
            await http.Request.ReadFormAsync(http.RequestAborted);
            return await antiforgery.IsRequestValidAsync(http);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
