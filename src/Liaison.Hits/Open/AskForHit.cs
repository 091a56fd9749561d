using System.Text.Json;
using Liaison.Api;
using Liaison.Api.Hits;
using Liaison.Hits.Acts;
using Liaison.Hits.Domain;
using Liaison.Hits.Storage;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Liaison.Platform.Outbox;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Liaison.Hits.Open;

/// <summary>What is only possible becomes a case when whoever asked wants the owner to look. Asked twice it is the same case.</summary>
internal sealed class AskForHit(OpenCases cases, Writes writes, HitChanges changes, KnownMembers members)
{
    /// <summary>Whoever was shown a document longer ago asks anew: the records may have changed.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(7);

    public async Task<IResult> HandleAsync(HttpContext http)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.HitRequest);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (Check(body.Value!) is { Length: > 0 } problems) return Answers.Invalid(problems);
        if (!RequestContext.Parse(http, HitEvents.Asked).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var request = body.Value!;
        act = act with { Records = [request.HitId!.Value], Asked = AuditJson.Of(("search", request.SearchId), ("hit", request.HitId)) };
        return await writes.RunAsync(http, body.Bytes, changes, act, (transaction, cancellation) => OpenAsync(http, transaction, act, request, cancellation));
    }

    private async Task<WriteResult> OpenAsync(
        HttpContext http, WriteTransaction transaction, Act act, HitRequest request, CancellationToken cancellation)
    {
        var id = request.HitId!.Value;
        if (await OutboxRows.FindAsync(transaction.Connection, id, cancellation) is not ({ } row, _) || HitPayload.Read(row) is not { } hit
            || hit.Asker != act.Caller.Member || hit.Search != request.SearchId || hit.IsUnderAnother || hit.Owner == hit.Asker)
        {
            return new WriteResult.Refused(HitProblems.Unknown.With("No search of your member has a match of this id."));
        }

        // Read under its lock, so that of two who ask at once the second finds the case.
        var stands = await cases.StandsAsync(transaction, hit.Record, cancellation);
        if (await HitStore.FindAsync(transaction.Connection, id, lockIt: false, cancellation) is { } there)
        {
            transaction.Add(act.Entry("done", transaction.At));
            return await DoneAsync(http, transaction, HitView.Of(act.Caller, there, id)!, StatusCodes.Status200OK, cancellation);
        }

        if (!hit.IsPossible || transaction.At - hit.At > Lasts)
        {
            return new WriteResult.Refused(HitProblems.NotNow.With(hit.IsPossible
                ? "It was found more than seven days ago. Search again." : "A hit becomes a case by itself. Read it in a moment."));
        }

        if (!stands) return new WriteResult.Refused(HitProblems.NotNow.With("Its record has ended since. Search again."));
        // The clock starts now: before, nobody was asked.
        var asked = hit with { At = transaction.At, Account = act.Caller.Account, Priority = request.Priority ?? hit.Priority };
        var (file, asker) = (await cases.RunAsync(transaction, [asked], cancellation))[0];
        if (request.Note is { } note) await TellAsync(transaction, act, file, asker, note, cancellation);
        transaction.Add(act.Entry("done", transaction.At), OpenCases.Told(file, asker, transaction.At));
        var opened = (await HitStore.FindAsync(transaction.Connection, id, lockIt: false, cancellation))!;
        return await DoneAsync(http, transaction, HitView.Of(act.Caller, opened, id)!, StatusCodes.Status201Created, cancellation);
    }

    private static async Task TellAsync(WriteTransaction transaction, Act act, HitCase file, Domain.HitAsker asker, string note, CancellationToken cancellation)
    {
        var noted = file with { Version = file.Version + 1 };
        var writing = new HitWrites(transaction.Connection);
        writing.Update(noted);
        writing.Insert(file.Id, new(noted.Version, transaction.At, "note", file.State, act.Caller.Member, act.Caller.Account, asker.Hit.Id, note));
        await writing.RunAsync(cancellation);
    }

    private async Task<WriteResult> DoneAsync(
        HttpContext http, WriteTransaction transaction, HitView view, int status, CancellationToken cancellation)
    {
        var entries = await HitStore.EntriesAsync(transaction.Connection, view.File.Case.Id, cancellation);
        var wire = WireHit.Of(view, entries, members, HitTexts.For(http));
        return new WriteResult.Done(status, JsonSerializer.SerializeToUtf8Bytes(wire, LiaisonJson.Default.Hit), view.ETag, Routes.Hit(view.Id));
    }

    private static FieldProblem[] Check(HitRequest request)
    {
        FieldProblem?[] problems =
        [
            request.SearchId is null ? new("searchId", "required", "Give the search id of the answer.") : null,
            request.HitId is null ? new("hitId", "required", "Give the hit id of the match.") : null,
            request.Priority is null ? null : HitBodies.CheckCode("priority", request.Priority, Priorities.All),
            HitBodies.CheckNote(request.Note),
        ];
        return [.. problems.OfType<FieldProblem>()];
    }
}
