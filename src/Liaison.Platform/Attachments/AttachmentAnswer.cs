using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace Liaison.Platform.Attachments;

/// <summary>
/// A file as it is given out: to be stored and not shown (RFC 6266), as the type that it was seen to be and no other, kept by no cache, and if a browser
/// shows it all the same, in a sandbox in which nothing runs (OWASP ASVS 5, 3.2.1 and 5.4).
/// </summary>
public sealed class AttachmentAnswer(NpgsqlDataSource database, Attachment attachment) : IResult
{
    private const string Policy = "sandbox; default-src 'none'; frame-ancestors 'none'";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        PageHeaders.Apply(httpContext, Policy);
        var headers = httpContext.Response.Headers;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(attachment.Name);
        headers.ContentDisposition = disposition.ToString();
        headers.CacheControl = "no-store";
        httpContext.Response.ContentType = attachment.Type == AttachmentKind.Text.Type ? attachment.Type + "; charset=utf-8" : attachment.Type;
        httpContext.Response.ContentLength = attachment.Bytes;
        await AttachmentRows.CopyAsync(database, attachment, httpContext.Response.Body, httpContext.RequestAborted);
    }
}
