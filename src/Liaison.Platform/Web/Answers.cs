using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Liaison.Api;
using Liaison.Kernel.Parsing;
using Microsoft.AspNetCore.Http;

namespace Liaison.Platform.Web;

/// <summary>The only two things that a route answers: JSON, or a problem.</summary>
public static class Answers
{
    public static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new BytesAnswer(JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json", status);

    public static IResult Json(byte[] body, int status) => new BytesAnswer(body, "application/json", status);

    /// <summary>JSON that has a name of its own.</summary>
    public static IResult Json(byte[] body, string mediaType) => new BytesAnswer(body, mediaType, StatusCodes.Status200OK);

    public static IResult Problem(Problem problem) => new ProblemAnswer(problem);

    public static IResult Problem(ProblemKind kind, string detail) => new ProblemAnswer(kind.With(detail));

    /// <summary>Bad input, field by field.</summary>
    public static IResult Invalid(IReadOnlyList<FieldProblem> problems) => new ProblemAnswer(PlatformProblems.Invalid(problems));

    /// <summary>
    /// By what a failure is found in the log: the trace's id when the request is traced, here or by its caller, else one of the
    /// connection and the request.
    /// </summary>
    public static string TraceId(HttpContext http) =>
        Activity.Current is { } activity ? activity.TraceId.ToString()
        : ActivityContext.TryParse(http.Request.Headers.TraceParent, null, out var caller) ? caller.TraceId.ToString()
        : http.TraceIdentifier;

    private sealed class BytesAnswer(byte[] body, string mediaType, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = mediaType;
            httpContext.Response.ContentLength = body.Length;
            PageHeaders.ApplyToData(httpContext);
            // Not flushed here: the server sends header and body together when the request ends.
            httpContext.Response.BodyWriter.Write(body);
            return Task.CompletedTask;
        }
    }

    private sealed class ProblemAnswer(Problem problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (problem.Status is StatusCodes.Status503ServiceUnavailable) httpContext.Response.Headers.RetryAfter = "1";
            var traced = problem with { TraceId = TraceId(httpContext) };
            var body = JsonSerializer.SerializeToUtf8Bytes(traced, LiaisonJson.Default.Problem);
            return new BytesAnswer(body, Api.Problem.MediaType, problem.Status).ExecuteAsync(httpContext);
        }
    }
}
