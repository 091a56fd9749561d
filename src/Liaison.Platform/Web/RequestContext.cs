using Liaison.Api;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Microsoft.AspNetCore.Http;

namespace Liaison.Platform.Web;

/// <summary>Why a record is read or written, from the headers; a search says it in its body.</summary>
/// <param name="Purpose">Given, or the caller's default, or null.</param>
/// <param name="Reference">The caller's own.</param>
public sealed record RequestContext(string? Purpose, string? Reference)
{
    private const int LongestReference = 100;

    public static Parsed<RequestContext> Parse(HttpContext http, Caller caller)
    {
        string? purpose = http.Request.Headers[Headers.Purpose], reference = http.Request.Headers[Headers.Reference];
        var problems = new List<FieldProblem>();
        if (purpose is not null) problems.AddRange(Purposes.Parse(purpose, null, Headers.Purpose).Problems);
        if (reference?.Length > LongestReference)
            problems.Add(new(Headers.Reference, "textTooLong", $"At most {LongestReference} characters."));
        return problems.Count == 0
            ? new RequestContext(purpose ?? caller.DefaultPurpose, reference)
            : Parsed<RequestContext>.Failed(problems);
    }

    /// <summary>The audit entry of what was done in this context.</summary>
    public AuditEntry Entry(Caller caller, AuditEventKind kind, DateTimeOffset at) =>
        AuditEntry.Of(caller, kind, "done", at) with { Purpose = Purpose, Reference = Reference };
}
