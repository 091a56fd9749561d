using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Read;

/// <summary>The records of the caller's own member, newest first, by keyset: a page costs the same wherever it lies.</summary>
internal sealed class ListDocuments(DocumentStore store, AuditWriter audit, TimeProvider clock)
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 500;

    public async Task<IResult> HandleAsync(HttpContext http, string? after, string? limit)
    {
        if (!RequestContext.Parse(http, TravelDocumentEvents.Listed).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var problems = new List<FieldProblem>();
        var size = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MostLimit)) problems.Add(new("limit", "limit", $"From 1 to {MostLimit}."));
        if (!TryReadCursor(after, out var before)) problems.Add(new("after", "cursor", "Pass what the previous page gave as next, unchanged."));
        if (problems.Count > 0) return Answers.Invalid(problems);

        // A carrier owns nothing, whatever its member's code is.
        var rows = act.Caller.MemberKind is MemberKind.Carrier ? [] : await store.ListAsync(act.Caller.Member, before, size + 1, http.RequestAborted);
        var page = rows.Take(size).ToArray();
        act = act with { Asked = AuditJson.Of(("after", after), ("limit", size)), Records = [.. page.Select(r => r.Id)] };
        await audit.AppendAsync(act.Entry("done", clock.GetUtcNow()), [], http.RequestAborted);
        return Answers.Json(
            new TravelDocumentPage([.. page.Select(WireDocument.Of)], rows.Count > size ? Cursor(page[^1].Record) : null),
            LiaisonJson.Default.TravelDocumentPage);
    }

    /// <summary>Opaque to callers: the internal key must not become a promise.</summary>
    private static string Cursor(long record) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(record.ToString(CultureInfo.InvariantCulture)));

    private static bool TryReadCursor(string? cursor, out long before)
    {
        before = long.MaxValue;
        if (cursor is null) return true;
        Span<byte> digits = stackalloc byte[24];
        return cursor.Length <= 28 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, digits, out var length)
            && long.TryParse(digits[..length], NumberStyles.None, CultureInfo.InvariantCulture, out before);
    }
}
