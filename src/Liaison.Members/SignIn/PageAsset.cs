using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Liaison.Members.SignIn;

/// <summary>Style and script of the pages, as they lie in the assembly.</summary>
internal sealed class PageAsset(byte[] content, string mediaType) : IResult
{
    public static IResult Answer(string name, string mediaType)
    {
        using var stream = typeof(PageAsset).Assembly.GetManifestResourceStream("sign-in/" + name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new PageAsset(content, mediaType);
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = mediaType;
        response.ContentLength = content.Length;
        PageHeaders.ApplyToData(httpContext);
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // A new version of the hub may come at any time; the files are small.
        response.Headers.CacheControl = "no-cache";
        return response.Body.WriteAsync(content, httpContext.RequestAborted).AsTask();
    }
}
