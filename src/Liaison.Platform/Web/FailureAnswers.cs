using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Liaison.Platform.Web;

/// <summary>The one exception handler: a failure becomes a problem document.</summary>
internal sealed class FailureAnswers(Failures failures) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested) return true;
        await Answers.Problem(failures.Explain(exception, Answers.TraceId(httpContext))).ExecuteAsync(httpContext);
        return true;
    }
}
