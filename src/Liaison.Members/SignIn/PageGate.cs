using Liaison.Members.SignIn.Pages;
using Liaison.Platform.Access;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Liaison.Members.SignIn;

/// <summary>Counts what comes to the pages from browsers in which nobody is signed in.</summary>
/// <param name="Rate">By network.</param>
internal sealed record Strangers(NetworkRate Rate);

/// <summary>
/// The gate before every page: the headers that a browser must obey, who is signed in, whether a form is one of ours, and what the route
/// table asks of the person.
/// </summary>
internal sealed class PageGate(Sessions sessions, Strangers strangers, IAntiforgery antiforgery, PageRenderer pages, TimeProvider clock) : IEndpointFilter
{
    private const int LargestForm = 64 << 10, MostFields = 16;

    /// <summary>OWASP ASVS 5, 3.4: no script, style, form or frame but the hub's own.</summary>
    private static readonly StringValues Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        PageHeaders.Apply(http, Policy);
        http.Response.Headers.CacheControl = "no-store";
        // Taken before the database is asked for anything that a page is for, and given back when somebody is signed in. Who was signed in here before
        // is not kept out by a flood from the same network.
        var from = http.Connection.RemoteIpAddress;
        if (!strangers.Rate.Take(from) && !sessions.HasMet(http))
        {
            http.Response.Headers.RetryAfter = "60";
            return pages.Show<NoticePage>(http, StatusCodes.Status429TooManyRequests, (nameof(NoticePage.Text), "tooMany"));
        }

        var session = await sessions.FindAsync(http);
        if (session is not null)
        {
            strangers.Rate.GiveBack(from);
            session.EnterInto(http);
        }

        if (HttpMethods.IsPost(http.Request.Method) && !await IsOwnFormAsync(http))
            return pages.Show<NoticePage>(http, StatusCodes.Status400BadRequest, (nameof(NoticePage.Text), "formExpired"));

        if (http.GetEndpoint()?.Metadata.GetMetadata<PersonRoute>() is { } rule
            && (session is null || (rule.IsSensitive && !session.IsFresh(clock.GetUtcNow()))))
            return new SeeOther(SignInPages.Address(HttpMethods.IsGet(http.Request.Method) ? http.Request.Path + http.Request.QueryString : AccountPages.Path));
        return await next(context);
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
