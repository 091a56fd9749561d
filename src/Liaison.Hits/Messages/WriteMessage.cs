using System.Text.Json;
using Liaison.Api;
using Liaison.Hits.Domain;
using Liaison.Hits.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Attachments;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Outbox;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Liaison.Hits.Messages;

/// <summary>The owner, or one who asked, says something to the other: a text or a file.</summary>
internal sealed class WriteMessage(Writes writes, HitChanges changes, NodeOptions node, DiskGuard disk, CallerGate gate, AuditWriter audit, TimeProvider clock)
{
    private const int MostMessages = 200;
    private const long MostBytes = 5L * Attachment.MostBytes;

    public async Task<IResult> TextAsync(HttpContext http, Guid id)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.HitMessageRequest);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (!MessageText.Parse(body.Value!.Text).Is(out var text, out var wrong)) return Answers.Invalid(wrong);
        if (!RequestContext.Parse(http, HitEvents.MessageWritten).Is(out var act, out var faults)) return Answers.Invalid(faults);
        act = act with { Records = [id], Asked = AuditJson.Of(("characters", text.Length)) };
        return await writes.RunAsync(http, body.Bytes, changes, act,
            (transaction, cancellation) => DoAsync(transaction, act, id, new(text, null), cancellation));
    }

    public async Task<IResult> FileAsync(HttpContext http, Guid id)
    {
        if (!RequestContext.Parse(http, HitEvents.Attached).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var (taken, problem) = await Upload.TakeAsync(http, node, disk);
        if (taken is null)
        {
            if (problem!.Status == StatusCodes.Status507InsufficientStorage) await audit.AppendAsync(act.Refused(problem, clock.GetUtcNow()), [], http.RequestAborted);
            return Answers.Problem(problem);
        }

        await using (taken)
        {
            // A file over a slow line takes minutes to come: what its sender may see is what it may see by then.
            var (still, gone) = await gate.RecheckAsync(http);
            if (still is null) return Answers.Problem(gone!);
            act = act with { Caller = still, Records = [id], Asked = AuditJson.Of(("type", taken.Type), ("bytes", taken.Bytes), ("sha256", Convert.ToHexStringLower(taken.Sha256))) };
            return await writes.RunAsync(http, taken.Sha256, changes, act,
                (transaction, cancellation) => DoAsync(transaction, act, id, new(null, taken), cancellation));
        }
    }

    private static async Task<WriteResult> DoAsync(WriteTransaction transaction, Platform.Audit.Act act, Guid id, Said said, CancellationToken cancellation)
    {
        var connection = transaction.Connection;
        var (thread, refusal) = HitThread.Of(act.Caller, await HitStore.FindAsync(connection, id, lockIt: true, cancellation), id);
        if (thread is null || thread.RefuseMore() is { } over && (refusal = over) is not null) return new WriteResult.Refused(refusal!);
        if (await MessageStore.CountAsync(connection, thread.Hit, cancellation) >= MostMessages)
            return new WriteResult.Refused(HitProblems.Full.With($"At most {MostMessages} messages between two parties of a hit."));
        var at = transaction.At;
        var message = new StoredMessage(Guid.CreateVersion7(at), thread.Hit, act.Caller.Member, at, said.Text, said.File is null ? null : Guid.CreateVersion7(at));
        Attachment? attachment = null;
        if (said.File is { } file)
        {
            if (await AttachmentRows.TakenAsync(connection, thread.File.Case.Id, thread.Hit, cancellation) + file.Bytes > MostBytes)
                return new WriteResult.Refused(HitProblems.Full.With($"At most {MostBytes >> 20} MiB of files between two parties of a hit."));
            attachment = new()
            {
                Id = message.Attachment!.Value, Holder = thread.File.Case.Id, Part = thread.Hit, Member = act.Caller.Member, Account = act.Caller.Account, At = at,
                Name = file.Name, Type = file.Type, Bytes = file.Bytes, Sha256 = file.Sha256,
            };
            await AttachmentRows.InsertAsync(connection, attachment, file, cancellation);
        }

        await MessageStore.InsertAsync(connection, message, thread.File.Case.Id, act.Caller.Account, cancellation);
        var changed = thread.Said();
        var writing = new HitWrites(connection);
        writing.Update(thread.File, changed);
        writing.Insert(changed.Case.Id, new(changed.Case.Version, at, said.File is null ? "message" : "attach", changed.Case.State, act.Caller.Member,
            act.Caller.Account, thread.Hit, null));
        await writing.RunAsync(cancellation);
        transaction.Add((act with { Records = [id, message.Attachment ?? message.Id] }).Entry("done", at), Told(thread, message, at));
        return new WriteResult.Done(StatusCodes.Status201Created,
            JsonSerializer.SerializeToUtf8Bytes(WireMessage.Of(message, attachment), LiaisonJson.Default.HitMessage), null, null);
    }

    private static OutboxEvent Told(HitThread thread, StoredMessage message, DateTimeOffset at) => new(Guid.CreateVersion7(at), HitEvents.Message, AuditJson.Of(
        ("case", thread.File.Case.Id), ("hit", thread.Hit), ("owner", thread.File.Case.Owner), ("asker", thread.Asker.Hit.Asker), ("message", message.Id),
        ("byOwner", thread.IsOwner)).Text);

    private sealed record Said(string? Text, Upload? File);
}
