using System.Globalization;
using Liaison.Api;
using Liaison.Hits.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Liaison.Hits.Read;

/// <summary>A member's hits, newest first: those it asked for and those on its records.</summary>
internal sealed class ListHits(NpgsqlDataSource database, KnownMembers members, AuditWriter audit, TimeProvider clock)
{
    private const int Usual = 50, Most = 500;

    public async Task<IResult> HandleAsync(HttpContext http, string? state, string? before, string? limit)
    {
        if (!RequestContext.Parse(http, HitEvents.Listed).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var most = Usual;
        if (limit is not null && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) && most is >= 1 and <= Most))
            return Answers.Invalid([new("limit", "limit", $"Give a number from 1 to {Most}.")]);
        Guid? from = null;
        if (before is not null && !Guid.TryParse(before, out _)) return Answers.Invalid([new("before", "before", "Give next of the page before.")]);
        if (before is not null) from = Guid.Parse(before);
        var (caller, texts) = (act.Caller, HitTexts.For(http));
        await using (var connection = await database.OpenConnectionAsync(http.RequestAborted))
        {
            await using var moment = await connection.BeginTransactionAsync(HitStore.OfOneMoment, http.RequestAborted);
            var all = await HitStore.ListAsync(connection, caller.Member, HitView.LooksAfter(caller), from, most, http.RequestAborted);
            // By what the caller is shown, and not by what is stored: else a filter would tell what the answer does not.
            var items = all.Select(l => HitView.Of(caller, l.File, l.Id)).OfType<HitView>().Select(view => WireHit.Of(view, null, members, texts))
                .Where(hit => state is null || hit.State == state).ToArray();
            await moment.DisposeAsync();
            await connection.CloseAsync();
            act = act with { Records = [.. items.Select(i => i.Id)] };
            await audit.AppendAsync(act.Entry("done", clock.GetUtcNow()), [], http.RequestAborted);
            return Answers.Json(new(items, all.Count == most ? all[^1].Id : null), LiaisonJson.Default.HitPage);
        }
    }
}
