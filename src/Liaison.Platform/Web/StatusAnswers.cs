using Liaison.Api;
using Microsoft.AspNetCore.Http;

namespace Liaison.Platform.Web;

/// <summary>The framework's bare status answers (no such path, wrong method) become the same problem documents as everything else.</summary>
internal static class StatusAnswers
{
    public static Task WriteAsync(HttpContext http)
    {
        var problem = http.Response.StatusCode switch
        {
            404 => PlatformProblems.NotFound.With($"No such path. The routes are listed at {Routes.Reference}."),
            405 => PlatformProblems.MethodNotAllowed.With($"This path answers {http.Response.Headers.Allow}."),
            415 => PlatformProblems.UnsupportedMediaType.With("See the API reference for the media types of this route."),
            413 => PlatformProblems.BodyTooLarge.With("The body is over the limit of this route."),
            408 => PlatformProblems.BodyTimeout.With("Send the body faster than 240 bytes a second."),
            var status => PlatformProblems.InvalidRequest.With($"The request was refused with status {status}.") with { Status = status },
        };
        return Answers.Problem(problem).ExecuteAsync(http);
    }
}
