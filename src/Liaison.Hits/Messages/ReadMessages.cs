using Liaison.Api;
using Liaison.Hits.Storage;
using Liaison.Platform.Attachments;
using Liaison.Platform.Audit;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Liaison.Hits.Messages;

/// <summary>What the owner and one who asked said to each other, and the files that they handed over.</summary>
internal sealed class ReadMessages(NpgsqlDataSource database, AuditWriter audit, TimeProvider clock)
{
    public async Task<IResult> ListAsync(HttpContext http, Guid id)
    {
        if (!RequestContext.Parse(http, HitEvents.MessagesRead).Is(out var act, out var faults)) return Answers.Invalid(faults);
        act = act with { Records = [id] };
        Problem? refusal;
        Api.Hits.HitMessage[] items = [];
        await using (var connection = await database.OpenConnectionAsync(http.RequestAborted))
        {
            (var thread, refusal) = HitThread.Of(act.Caller, await HitStore.FindAsync(connection, id, lockIt: false, http.RequestAborted), id);
            if (thread is not null)
            {
                var messages = await MessageStore.ListAsync(connection, thread.Hit, thread.OnlyOwn ? act.Caller.Member : null, http.RequestAborted);
                var files = (await AttachmentRows.FindAsync(connection, [.. messages.Select(m => m.Attachment).OfType<Guid>()], http.RequestAborted)).ToDictionary(a => a.Id);
                items = [.. messages.Select(m => WireMessage.Of(m, m.Attachment is { } file ? files.GetValueOrDefault(file) : null))];
            }
        }

        await AuditAsync(http, act, refusal);
        return refusal is null ? Answers.Json(new(items), LiaisonJson.Default.HitMessages) : Answers.Problem(refusal);
    }

    /// <param name="id">Of the attachment.</param>
    public async Task<IResult> FetchAsync(HttpContext http, Guid id)
    {
        if (!RequestContext.Parse(http, HitEvents.AttachmentFetched).Is(out var act, out var faults)) return Answers.Invalid(faults);
        act = act with { Records = [id] };
        Attachment? found = null;
        await using (var connection = await database.OpenConnectionAsync(http.RequestAborted))
        {
            if (await MessageStore.WithAsync(connection, id, http.RequestAborted) is { } message)
            {
                var file = await HitStore.FindAsync(connection, message.Hit, lockIt: false, http.RequestAborted);
                var (thread, _) = HitThread.Of(act.Caller, file, message.Hit);
                if (thread is not null && (!thread.OnlyOwn || message.Member == act.Caller.Member))
                    found = (await AttachmentRows.FindAsync(connection, [id], http.RequestAborted)).SingleOrDefault();
            }
        }

        // The same answer whether it is not there or another's.
        var refusal = found is null ? HitProblems.UnknownAttachment.With("No attachment that you may see has this id.") : null;
        await AuditAsync(http, act, refusal);
        return found is null ? Answers.Problem(refusal!) : new AttachmentAnswer(database, found);
    }

    private async Task AuditAsync(HttpContext http, Platform.Audit.Act act, Problem? refusal) => await audit.AppendAsync(
        refusal is null ? act.Entry("done", clock.GetUtcNow()) : act.Refused(refusal, clock.GetUtcNow()), [], http.RequestAborted);
}
