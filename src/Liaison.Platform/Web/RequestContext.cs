using Liaison.Api;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Microsoft.AspNetCore.Http;

namespace Liaison.Platform.Web;

/// <summary>Why a record is read or written, from the headers; a search says it in its body.</summary>
public static class RequestContext
{
    private const int LongestReference = 100;

    /// <summary>The act that the caller sets out to do, with purpose (given, or the caller's default) and reference.</summary>
    public static Parsed<Act> Parse(HttpContext http, AuditEventKind kind)
    {
        var caller = Caller.Of(http);
        string? purpose = http.Request.Headers[Headers.Purpose], reference = http.Request.Headers[Headers.Reference];
        var problems = new List<FieldProblem>();
        if (purpose is not null) problems.AddRange(Purposes.Parse(purpose, null, Headers.Purpose).Problems);
        if (reference is not null && !IsReference(reference))
            problems.Add(new(Headers.Reference, "textTooLong", $"At most {LongestReference} characters, without control characters."));
        return problems.Count == 0
            ? new Act(caller, kind) { Purpose = purpose ?? caller.DefaultPurpose, Reference = reference }
            : Parsed<Act>.Failed(problems);
    }

    /// <summary>Whether the audit takes it.</summary>
    public static bool IsReference(string text) => text.Length <= LongestReference && !text.Any(char.IsControl);
}
