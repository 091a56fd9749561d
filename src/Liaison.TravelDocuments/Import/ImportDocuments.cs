using System.Globalization;
using System.Text.RegularExpressions;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Parsing;
using Liaison.Kernel.Text;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Imports;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Liaison.TravelDocuments.Import;

/// <summary>
/// A file of documents: taken to the node's disk, answered with a job, and recorded by <see cref="ImportWork"/> all at once.
/// </summary>
internal sealed partial class ImportDocuments(ImportSpool spool, ImportJobs jobs, ImportWork work, CallerGate gate, AuditWriter audit, TimeProvider clock)
{
    public const string DefaultFeed = "default";
    private const int LongestKey = 128;

    public async Task<IResult> HandleAsync(HttpContext http, string? feed, string? mode, string? maxWithdrawals)
    {
        var type = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var parsed) ? parsed.MediaType.Value : null;
        if (type is not ("text/csv" or "application/x-ndjson"))
            return Answers.Problem(PlatformProblems.UnsupportedMediaType, "Send text/csv or application/x-ndjson, plain or as gzip.");
        if (!RequestContext.Parse(http, TravelDocumentEvents.Imported).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var key = http.Request.Headers[Headers.IdempotencyKey].ToString();
        if (Check(key, feed, mode, maxWithdrawals) is { Count: > 0 } problems) return Answers.Invalid(problems);

        var asked = ImportTask.Said(type == "text/csv", feed ?? DefaultFeed, mode ?? "delta", Percentage(maxWithdrawals));
        var (file, full) = await spool.TakeAsync(http, asked);
        if (full is not null)
        {
            await audit.AppendAsync(act.Refused(full, clock.GetUtcNow()), [], http.RequestAborted);
            return Answers.Problem(full);
        }

        if (file is null) return Answers.Problem(Problems.ImportTooLarge, $"At most {spool.MostBytes >> 20} MiB in one file. Split it, or send it as gzip.");
        // A large file takes long to come.
        if (await gate.RecheckAsync(http) is { Problem: { } gone })
        {
            File.Delete(file.Path);
            return Answers.Problem(gone);
        }

        var order = new ImportOrder(
            Guid.CreateVersion7(), work.Dataset, act.Caller.Member, act.Caller.Account, key, feed ?? DefaultFeed, mode ?? "delta", file, clock.GetUtcNow());
        var accepted = false;
        try
        {
            if (await jobs.ClaimAsync(order, http.RequestAborted) is { } earlier) return await AnswerEarlierAsync(http, act, earlier);
            await audit.AppendAsync((act with { Asked = Told(order) }).Entry("received", order.At), [], http.RequestAborted);
            accepted = work.TryQueue(new(order, act, type == "text/csv", Percentage(maxWithdrawals), maxWithdrawals is not null));
        }
        finally
        {
            if (!accepted)
            {
                File.Delete(file.Path);
                // Also when the audit or the sender failed: a job that nobody runs must not answer its key. One of an earlier request is another's.
                await jobs.FailAsync(order.Id, PlatformProblems.Unavailable.Code, "It was not taken on. Send it again later.", CancellationToken.None);
            }
        }

        if (!accepted) return Answers.Problem(PlatformProblems.Unavailable, "Too many imports wait on this node. Send it again later.");

        return Accepted(http, (await jobs.FindAsync(order.Id, order.Member, http.RequestAborted))!);
    }

    public async Task<IResult> ListAsync(HttpContext http)
    {
        if (!RequestContext.Parse(http, TravelDocumentEvents.ImportRead).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var own = await jobs.ListAsync(work.Dataset, act.Caller.Member, http.RequestAborted);
        await audit.AppendAsync(act.Entry("done", clock.GetUtcNow()), [], http.RequestAborted);
        return Answers.Json(new ImportJobList(own), LiaisonJson.Default.ImportJobList);
    }

    public async Task<IResult> ReadAsync(HttpContext http, Guid id)
    {
        var (job, problem) = await FindAsync(http, id);
        return job is null ? problem! : Answers.Json(job, LiaisonJson.Default.ImportJob);
    }

    public async Task<IResult> RejectsAsync(HttpContext http, Guid id)
    {
        var (job, problem) = await FindAsync(http, id);
        return job is null ? problem! : new RejectFileAnswer(jobs.RejectsAsync(id, ImportJobs.MostRejectsKept, http.RequestAborted), id);
    }

    private async Task<(ImportJob? Job, IResult? Problem)> FindAsync(HttpContext http, Guid id)
    {
        if (!RequestContext.Parse(http, TravelDocumentEvents.ImportRead).Is(out var act, out var faults)) return (null, Answers.Invalid(faults));
        var job = await jobs.FindAsync(id, act.Caller.Member, http.RequestAborted);
        act = act with { Asked = AuditJson.Of(("import", id)) };
        await audit.AppendAsync(act.Entry(job is null ? "notKnown" : "done", clock.GetUtcNow()), [], http.RequestAborted);
        return job is null ? (null, Answers.Problem(Problems.UnknownImport, "No import of your member has this id.")) : (job, null);
    }

    private async Task<IResult> AnswerEarlierAsync(HttpContext http, Act act, (ImportJob Job, bool IsSameFile) earlier)
    {
        act = act with { Asked = AuditJson.Of(("import", earlier.Job.Id)) };
        if (!earlier.IsSameFile)
        {
            var reused = PlatformProblems.IdempotencyKeyReused.With("Use a new key for a new file, or for the same file with another feed, mode or limit.");
            await audit.AppendAsync(act.Refused(reused, clock.GetUtcNow()), [], http.RequestAborted);
            return Answers.Problem(reused);
        }

        var again = act with { Asked = AuditJson.Of(("repeated", act.Kind.Code), ("import", earlier.Job.Id)) };
        await audit.AppendAsync(again.Entry("done", clock.GetUtcNow()) with { Event = AuditEvents.Replayed.Code }, [], http.RequestAborted);
        http.Response.Headers[Headers.IdempotencyReplayed] = "true";
        return Accepted(http, (await jobs.FindAsync(earlier.Job.Id, act.Caller.Member, http.RequestAborted))!);
    }

    private static IResult Accepted(HttpContext http, ImportJob job)
    {
        http.Response.Headers.Location = Routes.TravelDocumentImport(job.Id);
        return Answers.Json(job, LiaisonJson.Default.ImportJob, StatusCodes.Status202Accepted);
    }

    private static AuditJson Told(ImportOrder order) => AuditJson.Of(
        ("import", order.Id), ("feed", order.Feed), ("mode", order.Mode), ("digest", Convert.ToHexStringLower(order.File.Digest)));

    private static List<FieldProblem> Check(string key, string? feed, string? mode, string? maxWithdrawals)
    {
        var problems = new List<FieldProblem>();
        if (key.Length > LongestKey || key.Any(c => c is < '!' or > '~'))
            problems.Add(new(Headers.IdempotencyKey, "idempotencyKey", $"Send 1 to {LongestKey} visible ASCII characters."));
        if (feed is not null && !FeedName().IsMatch(feed))
            problems.Add(new("feed", "feedName", "1 to 40 characters a–z, 0–9 and hyphen."));
        if (mode is not (null or "delta" or "full")) problems.Add(new("mode", "importMode", "Use delta or full."));
        if (maxWithdrawals is not null && Percentage(maxWithdrawals) is < 0 or > MassWithdrawal.UsualPercent)
        {
            problems.Add(new("maxWithdrawals", "percentage", $"A whole number from 0 to {MassWithdrawal.UsualPercent}. A file that would end more waits for "
                + "a second person of your member."));
        }

        return problems;
    }

    private static int Percentage(string? text) =>
        text is null ? MassWithdrawal.UsualPercent : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var percent) ? percent : -1;

    [GeneratedRegex(@"^[a-z0-9-]{1,40}\z", RegexOptions.NonBacktracking)]
    private static partial Regex FeedName();

    /// <summary>The reject file, row by row.</summary>
    private sealed class RejectFileAnswer(IAsyncEnumerable<RowReject> rejects, Guid id) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = "text/csv; charset=utf-8";
            httpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"{id}.rejects.csv\"";
            PageHeaders.ApplyToData(httpContext);
            await httpContext.Response.WriteAsync(CsvCells.Line("line", "column", "code", "message"), httpContext.RequestAborted);
            await foreach (var reject in rejects)
            {
                await httpContext.Response.WriteAsync(CsvCells.Line(
                    reject.Line.ToString(CultureInfo.InvariantCulture), reject.Column, reject.Code, reject.Message), httpContext.RequestAborted);
            }
        }
    }
}
