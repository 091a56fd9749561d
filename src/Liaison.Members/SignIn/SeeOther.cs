using Microsoft.AspNetCore.Http;

namespace Liaison.Members.SignIn;

/// <summary>After a form: look there (RFC 9110 section 15.4.4). Only ever a place of this hub.</summary>
internal sealed class SeeOther(string path) : IResult
{
    private const int LongestPath = 300;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = path;
        return Task.CompletedTask;
    }

    /// <summary>A path that a form or an address brought, if it leads nowhere else; the account's page otherwise.</summary>
    public static string Local(string? path) =>
        path is { Length: > 0 and <= LongestPath } && path[0] == '/' && !(path.Length > 1 && path[1] is '/' or '\\') && path.All(c => c is > ' ' and < '\x7f')
            ? path : AccountPages.Path;
}
