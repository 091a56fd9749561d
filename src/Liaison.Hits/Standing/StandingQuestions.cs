using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Liaison.Api;
using Liaison.Hits.Storage;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Liaison.Platform.Searches;
using Liaison.Platform.Secrets;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Wire = Liaison.Api.Hits;

namespace Liaison.Hits.Standing;

/// <summary>"Tell me when this number appears": a question that stands until a day, made, listed and ended.</summary>
internal sealed class StandingQuestions(
    Writes writes, HitChanges changes, IEnumerable<IPastSearches> datasets, KeyFile keys, NpgsqlDataSource database, AuditWriter audit, TimeProvider clock)
{
    private const string UsualDataset = "travelDocuments";
    private const int MostOfMember = 1_000, LongestReason = 500, MostDays = 366, Usual = 50, Most = 500;

    public async Task<IResult> AskAsync(HttpContext http)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.StandingQuestionRequest);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (!RequestContext.Parse(http, HitEvents.QuestionStands).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var (request, now) = (body.Value!, clock.GetUtcNow());
        if (datasets.FirstOrDefault(d => d.Dataset == (request.Dataset ?? UsualDataset)) is not { } dataset)
            return Answers.Invalid([new("dataset", "code", $"Give one of {string.Join(", ", datasets.Select(d => d.Dataset))}.")]);
        // Before anything is written: what is committed from here on is later than the question, or is held against it once more.
        if (dataset.Position is not { } known) return Answers.Problem(PlatformProblems.Unavailable, "The records are being loaded. Ask again in a moment.");
        var understood = dataset.Understand(act.Caller, new(request.Number, request.Issuer, request.Kind, act.Purpose), now);
        var problems = understood.Problems.Concat(Check(request, now, out var ends)).ToArray();
        if (problems.Length > 0 || !understood.Is(out var asked, out _)) return Answers.Invalid(problems);
        act = act with { Subject = asked.Number, Asked = AuditJson.Of(("question", asked.Asked), ("until", request.Until), ("ownerVisible", request.OwnerVisible)) };
        return await writes.RunAsync(http, body.Bytes, changes, act, async (transaction, cancellation) =>
        {
            if (asked.Refusal is { } refused) return new WriteResult.Refused(refused);
            if (await StandingStore.CountAsync(transaction.Connection, act.Caller.Member, transaction.At, cancellation) >= MostOfMember)
                return new WriteResult.Refused(HitProblems.TooManyQuestions.With($"At most {MostOfMember} questions of a member stand at once. End some."));
            var (key, bytes) = keys.Seal(Encoding.UTF8.GetBytes(asked.Asked.Text));
            var row = new StandingRow
            {
                Id = Guid.CreateVersion7(transaction.At), Dataset = dataset.Dataset, Member = act.Caller.Member, Account = act.Caller.Account, Issuer = asked.Issuer,
                Print = asked.Print, KeyId = key, Sealed = bytes, Purpose = act.Purpose!, Reason = request.Reason!.Trim(), IsOwnerVisible = request.OwnerVisible ?? false,
                AskedAt = transaction.At, Position = known, EndsAt = ends,
            };
            await StandingStore.InsertAsync(transaction.Connection, row, cancellation);
            transaction.Add((act with { Records = [row.Id] }).Entry("done", transaction.At));
            return Done(StatusCodes.Status201Created, act.Caller, row, transaction.At);
        });
    }

    public async Task<IResult> EndAsync(HttpContext http, Guid id)
    {
        if (!RequestContext.Parse(http, HitEvents.QuestionEnded).Is(out var act, out var faults)) return Answers.Invalid(faults);
        act = act with { Records = [id] };
        return await writes.RunAsync(http, ReadOnlyMemory<byte>.Empty, changes, act, async (transaction, cancellation) =>
        {
            if (await StandingStore.LockAsync(transaction.Connection, id, act.Caller.Member, cancellation) is not { } row)
                return new WriteResult.Refused(HitProblems.UnknownQuestion.With("No question of your member has this id."));
            if (!row.Stands(transaction.At)) return new WriteResult.Refused(HitProblems.NotNow.With("It has ended already."));
            await StandingStore.EndAsync(transaction.Connection, id, transaction.At, cancellation);
            transaction.Add(act.Entry("done", transaction.At));
            return Done(StatusCodes.Status200OK, act.Caller, row with { EndedAt = transaction.At }, transaction.At);
        });
    }

    public async Task<IResult> ListAsync(HttpContext http, string? before, string? limit)
    {
        if (!RequestContext.Parse(http, HitEvents.QuestionsListed).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var most = Usual;
        if (limit is not null && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) && most is >= 1 and <= Most))
            return Answers.Invalid([new("limit", "limit", $"Give a number from 1 to {Most}.")]);
        Guid? from = null;
        if (before is not null && !Guid.TryParse(before, out _)) return Answers.Invalid([new("before", "before", "Give next of the page before.")]);
        if (before is not null) from = Guid.Parse(before);
        List<StandingRow> rows;
        await using (var connection = await database.OpenConnectionAsync(http.RequestAborted))
            rows = await StandingStore.ListAsync(connection, act.Caller.Member, IssuingAuthorities.IssuersOf(act.Caller.Member), from, most, http.RequestAborted);
        var now = clock.GetUtcNow();
        Wire.StandingQuestion[] items = [.. rows.Where(r => r.Member == act.Caller.Member || r.Stands(now)).Select(r => Of(act.Caller, r, now))];
        await audit.AppendAsync((act with { Records = [.. items.Select(i => i.Id)] }).Entry("done", now), [], http.RequestAborted);
        return Answers.Json(new(items, rows.Count == most ? rows[^1].Id : null), LiaisonJson.Default.StandingQuestionPage);
    }

    private WriteResult.Done Done(int status, Caller caller, StandingRow row, DateTimeOffset now) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(Of(caller, row, now), LiaisonJson.Default.StandingQuestion), null, null);

    private Wire.StandingQuestion Of(Caller caller, StandingRow row, DateTimeOffset now)
    {
        using var asked = Open(row);
        return new()
        {
            Id = row.Id, Role = row.Member == caller.Member ? "asker" : "owner", Member = row.Member, Dataset = row.Dataset, Issuer = row.Issuer,
            Number = asked?.RootElement.GetProperty("number").GetString(),
            Kind = asked is not null && asked.RootElement.TryGetProperty("kinds", out var kinds) ? kinds[0].GetString() : null,
            Purpose = row.Purpose,
            // Why somebody looks for a document is nothing of the business of who writes it.
            Reason = row.Member == caller.Member ? row.Reason : null,
            OwnerVisible = row.IsOwnerVisible, AskedAt = row.AskedAt, EndsAt = row.EndsAt, State = row.Stands(now) ? "stands" : "ended",
        };
    }

    /// <summary>Null when the line of the key file that sealed it is gone.</summary>
    private JsonDocument? Open(StandingRow row)
    {
        try
        {
            return JsonDocument.Parse(keys.Open(row.KeyId, row.Sealed));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static List<FieldProblem> Check(Wire.StandingQuestionRequest request, DateTimeOffset now, out DateTimeOffset ends)
    {
        var problems = new List<FieldProblem>();
        var reason = request.Reason?.Trim();
        if (reason is null or "" || reason.Length > LongestReason || reason.Any(char.IsControl))
            problems.Add(new("reason", "reasonRequired", $"Say in 1 to {LongestReason} characters on one line why. No names."));
        ends = default;
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (!DateOnly.TryParseExact(request.Until, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var until))
            problems.Add(new("until", "date", "Give the last day as 2026-12-31."));
        else if (until < today || until > today.AddDays(MostDays)) problems.Add(new("until", "untilRange", $"Give a day from today to {MostDays} days ahead."));
        else ends = new(until.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        return problems;
    }
}
