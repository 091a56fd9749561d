using System.Security.Cryptography;
using System.Text;
using Liaison.Hits.Domain;
using Liaison.Hits.Open;
using Liaison.Hits.Storage;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Outbox;
using Liaison.Platform.Searches;
using Liaison.Platform.Secrets;
using Npgsql;

namespace Liaison.Hits.Late;

/// <summary>Tells those who asked before a record came. What they are told is an event as of a search, which the rest of the module takes from there.</summary>
internal sealed class TellLate(KeyFile keys, TimeProvider clock)
{
    /// <summary>Questions that are asked again together.</summary>
    private const int Together = 500;

    /// <summary>Everything that is found for a page of fingerprints; each part is durable by itself, and what was told is not told again.</summary>
    /// <returns>How many matches were told.</returns>
    public async Task<int> RunAsync(NpgsqlConnection connection, KeptIndex index, IPastSearches dataset, PrintPage page, CancellationToken cancellation)
    {
        var prints = page.Prints.Select(p => p.Print).ToArray();
        var told = 0;
        foreach (var some in index.Find(prints).Chunk(Together))
        {
            var questions = await QuestionsAsync(connection, page, some, cancellation);
            if (questions.Count > 0) told += await TellAsync(connection, dataset, questions, cancellation);
        }

        foreach (var some in (await StandingAsync(connection, dataset, page, cancellation)).Chunk(Together)) told += await TellAsync(connection, dataset, [.. some], cancellation);
        return told;
    }

    /// <summary>Questions that stand are found by the same fingerprints: they are few, so the database is asked.</summary>
    private async Task<List<PastQuestion>> StandingAsync(NpgsqlConnection connection, IPastSearches dataset, PrintPage page, CancellationToken cancellation)
    {
        var questions = new List<PastQuestion>();
        if (page.Prints.Count == 0) return questions;
        var rows = await StandingStore.MatchingAsync(connection, dataset.Dataset, [.. page.Prints.Select(p => p.Print)], clock.GetUtcNow(), cancellation);
        if (rows.Count == 0) return questions;
        var prints = page.Prints.ToLookup(p => p.Print);
        foreach (var row in rows)
        {
            // What was there to be found when it was let stand is not told.
            long[] records = [.. prints[row.Print].Where(p => row.Position is not { } known || p.Position > known).Select(p => p.Record).Distinct()];
            if (records.Length > 0 && Open(row) is { } asked)
                questions.Add(new(new(row.Id, row.AskedAt, row.Member, row.Account, asked) { Purpose = row.Purpose }, 0, 0, records));
        }

        return questions;
    }

    /// <summary>Null when the line of the key file that sealed it is gone.</summary>
    private string? Open(StandingRow row)
    {
        try
        {
            return Encoding.UTF8.GetString(keys.Open(row.KeyId, row.Sealed));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Those that were really asked, as the audit tells them.</summary>
    private static async Task<List<PastQuestion>> QuestionsAsync(
        NpgsqlConnection connection, PrintPage page, (int Print, long Row, int Place)[] found, CancellationToken cancellation)
    {
        var rows = (await KeptSearches.OfAsync(connection, [.. found.Select(f => f.Row).Distinct()], cancellation)).ToDictionary(r => r.Id, r => KeptRow.Read(r.Body));
        var asked = new Dictionary<(Guid Search, int Place), (Inquiry Inquiry, Mark Mark, HashSet<long> Records)>();
        foreach (var (print, row, place) in found)
        {
            if (!rows.TryGetValue(row, out var kept) || kept?.At(place) is not var (inquiry, mark) || mark.Print != page.Prints[print].Print) continue;
            // Its answer told of it, or was right not to.
            if (inquiry.Position >= page.Prints[print].Position) continue;
            if (!asked.TryGetValue((inquiry.Entry, mark.Place), out var question))
                asked.Add((inquiry.Entry, mark.Place), question = (inquiry, mark, []));
            question.Records.Add(page.Prints[print].Record);
        }

        var entries = await KeptSearches.AskedAsync(connection, [.. asked.Values.Select(a => a.Inquiry).DistinctBy(i => i.Entry)], cancellation);
        var told = (await OutboxRows.OfEntriesAsync(connection, [.. entries.Select(e => e.Id)], cancellation))
            .Select(HitPayload.Read).OfType<NewHit>().ToLookup(hit => hit.Search, hit => hit.Record);
        var byId = entries.ToDictionary(e => e.Id, e => e with { Told = [.. e.Told, .. told[e.Id]] });
        return [.. asked.Values.Where(a => byId.ContainsKey(a.Inquiry.Entry))
            .Select(a => new PastQuestion(byId[a.Inquiry.Entry], a.Mark.Place, a.Mark.Line, [.. a.Records.Order()]))];
    }

    /// <summary>Of what the owner alone was told when these were answered.</summary>
    private static async Task<HashSet<(Guid Search, Guid Record)>> SilentAsync(NpgsqlConnection connection, Guid[] searches, CancellationToken cancellation) =>
        searches.Length == 0 ? [] : [.. (await OutboxRows.OfEntriesAsync(connection, searches, cancellation)).Select(HitPayload.Silent).OfType<(Guid, Guid)>()];

    private async Task<int> TellAsync(NpgsqlConnection connection, IPastSearches dataset, List<PastQuestion> questions, CancellationToken cancellation)
    {
        var before = await LeadStore.ToldAsync(connection, dataset.Dataset, [.. questions.Select(q => q.Asked.Id).Distinct()], cancellation);
        PastQuestion[] open = [.. questions
            .Select(q => q with { Records = [.. q.Records.Where(r => !before.Contains(new(q.Asked.Id, q.Place, r, false)))] }).Where(q => q.Records.Count > 0)];
        if (open.Length == 0) return 0;
        await using var transaction = await WriteTransaction.BeginAsync(connection, clock, cancellation);
        var found = await dataset.AskAgainAsync(open, transaction.At, cancellation);
        var silent = await SilentAsync(connection, [.. found.Where(m => m.IsSilent).Select(m => open[m.Question].Asked.Id).Distinct()], cancellation);
        LateMatch[] matches = [.. found.Where(m => !m.IsSilent || !(before.Contains(Lead(m)) || silent.Contains((open[m.Question].Asked.Id, m.Id))))];
        if (matches.Length == 0) return 0;
        await LeadStore.InsertAsync(connection, dataset.Dataset, [.. matches.Select(Lead)], transaction.At, cancellation);
        foreach (var owner in matches.GroupBy(m => m.Owner))
        {
            transaction.Add(AuditEntry.Of(Hub.InTheNameOf(owner.Key), HitEvents.FoundLate, "done", transaction.At) with
            {
                Asked = AuditJson.Of(("searches", owner.Select(m => open[m.Question].Asked.Id.ToString()).Distinct())).Text,
                Records = [.. owner.Select(m => m.Id).Distinct()],
            }, [.. owner.Select(m => m.Event)]);
        }

        await transaction.CommitAsync("hits", cancellation);
        return matches.Length;

        ToldLead Lead(LateMatch match) => new(open[match.Question].Asked.Id, open[match.Question].Place, match.Record, match.IsSilent);
    }
}
