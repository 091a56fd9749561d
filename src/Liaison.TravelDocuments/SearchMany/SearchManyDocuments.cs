using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Threading.Channels;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Access;
using Liaison.Platform.Telemetry;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Search;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Liaison.TravelDocuments.SearchMany;

/// <summary>
/// Many questions in one stream, one answer a line, in order. While a piece is parsed and matched, the one before becomes durable and the
/// one before that is sent. No answer leaves before its audit entry is durable; the end is told by a last line.
/// </summary>
internal sealed class SearchManyDocuments(
    DocumentIndex index, CandidateRecords candidates, PieceAudit audit, HubMetrics metrics, Failures failures, CallerGate gate,
    TimeProvider clock) : IDisposable
{
    /// <summary>Batches that a node answers at once; more are told to come back.</summary>
    public const int MostBatches = 8;

    /// <summary>Pieces of a batch between being asked and being sent: enough to keep the audit busy, and a bound on its memory.</summary>
    private const int PiecesOnTheWay = 8;

    /// <summary>A stream that is open is asked this often whether its caller still may.</summary>
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim places = new(MostBatches);

    /// <summary>Batches parse and match on half of the cores at most, one piece each in turn, so that single searches are not kept waiting.</summary>
    private readonly SemaphoreSlim turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    public async Task<IResult> HandleAsync(HttpContext http)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals(Ndjson.MediaType, StringComparison.OrdinalIgnoreCase))
            return Answers.Problem(PlatformProblems.UnsupportedMediaType, $"Send {Ndjson.MediaType} in UTF-8, one question a line.");
        string? encoding = http.Request.Headers.ContentEncoding;
        if (encoding is not (null or "" or "identity" or "gzip"))
            return Answers.Problem(PlatformProblems.UnsupportedMediaType, "Send the lines as they are or with Content-Encoding: gzip.");
        if (!RequestContext.Parse(http, TravelDocumentEvents.SearchedMany).Is(out var act, out var problems)) return Answers.Invalid(problems);
        if (act.Caller.MemberKind is MemberKind.Carrier && act.Reference is not null)
            return Answers.Invalid([new(Headers.Reference, "carrierField", "A carrier sends number, issuer and kind only. Leave this out.")]);
        if (!index.IsComplete) return Answers.Problem(PlatformProblems.Unavailable, index.WhyNotReady ?? "");
        if (!places.Wait(0, CancellationToken.None))
        {
            http.Response.Headers.RetryAfter = "1";
            return Answers.Problem(PlatformProblems.TooManyRequests, $"This node answers {MostBatches} batches at once. Send it again in a moment.");
        }

        try
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
            await using var unpacked = encoding is "gzip" ? new GZipStream(http.Request.Body, CompressionMode.Decompress) : null;
            var body = unpacked is null ? http.Request.BodyReader : PipeReader.Create(unpacked, new(bufferSize: 64 * 1024));
            await RunAsync(http, new(act, index, candidates, audit, clock), new(body, clock));
            return Results.Empty;
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose()
    {
        places.Dispose();
        turns.Dispose();
    }

    private async Task RunAsync(HttpContext http, Batch batch, QuestionLines lines)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var (waiting, free) = (Channel.CreateBounded<AnswerLines>(PiecesOnTheWay), new ConcurrentBag<AnswerLines>());
        http.Response.ContentType = Ndjson.MediaType;
        PageHeaders.ApplyToData(http);
        var asking = AskAsync(http, batch, lines, waiting.Writer, free, stop.Token);
        try
        {
            var summary = await SendAsync(http.Response.BodyWriter, batch.Id, waiting.Reader, free, stop.Token);
            await asking;
            await EndAsync(http, new() { Summary = summary });
        }
        catch (Exception failed) when (http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            var problem = Explain(failed, Answers.TraceId(http));
            await EndAsync(http, new() { Problem = problem with { Detail = "The batch broke off: send the lines without an answer again. " + problem.Detail } });
        }
        catch (Exception refused) when (refused is InvalidDataException or RefusedException)
        {
            http.Response.Clear();
            await Answers.Problem(Explain(refused, Answers.TraceId(http))).ExecuteAsync(http);
        }
        finally
        {
            await stop.CancelAsync();
            await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // What is asked is audited, also when nobody is there any more to be told.
            while (waiting.Reader.TryRead(out var left)) await left.Durable.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Problem Explain(Exception failed, string trace) =>
        failed is RefusedException { Problem: var refused } ? refused with { TraceId = trace }
        : failed is InvalidDataException ? PlatformProblems.MalformedBody.With("The body is not valid gzip.") : failures.Explain(failed, trace);

    private async Task AskAsync(HttpContext http,
        Batch batch, QuestionLines lines, ChannelWriter<AnswerLines> waiting, ConcurrentBag<AnswerLines> free, CancellationToken cancellation)
    {
        var checkedAt = clock.GetTimestamp();
        try
        {
            while (true)
            {
                var piece = await lines.NextAsync(cancellation);
                if (piece.IsEmpty) return;
                if (clock.GetElapsedTime(checkedAt) > Recheck)
                {
                    var (caller, refused) = await gate.RecheckAsync(http);
                    if (refused is not null) throw new RefusedException(refused);
                    batch.Caller = caller!;
                    checkedAt = clock.GetTimestamp();
                }

                var answers = free.TryTake(out var used) ? used : new() { AsOf = index.AsOf };
                await turns.WaitAsync(cancellation);
                try
                {
                    lines.Advance(await batch.AnswerAsync(piece, answers, cancellation));
                }
                finally
                {
                    turns.Release();
                }

                await waiting.WriteAsync(answers, cancellation);
            }
        }
        finally
        {
            waiting.Complete();
        }
    }

    private async Task<SearchManySummary> SendAsync(
        PipeWriter to, Guid batch, ChannelReader<AnswerLines> waiting, ConcurrentBag<AnswerLines> free, CancellationToken cancellation)
    {
        var sum = new SearchManySummary { SearchId = batch, Lines = 0, Hit = 0, Possible = 0, NotKnown = 0, Refused = 0, AsOf = index.AsOf };
        await foreach (var piece in waiting.ReadAllAsync(cancellation))
        {
            await piece.Durable;
            to.Write(piece.Written);
            if ((await to.FlushAsync(cancellation)).IsCompleted) throw new OperationCanceledException("The client is gone.");
            Count(piece);
            sum = sum with
            {
                Lines = piece.LastLine,
                Hit = sum.Hit + piece.Hit,
                Possible = sum.Possible + piece.Possible,
                NotKnown = sum.NotKnown + piece.NotKnown,
                Refer = sum.Refer + piece.Refer,
                Refused = sum.Refused + piece.Refused,
                AsOf = sum.AsOf.Position < piece.AsOf.Position ? sum.AsOf : piece.AsOf,
                Stale = sum.Stale || piece.IsStale,
            };
            free.Add(piece);
        }

        return sum;
    }

    private void Count(AnswerLines piece)
    {
        if (piece.Hit > 0) metrics.Searched(index.Name, Search.Outcome.Hit, piece.Hit);
        if (piece.Possible > 0) metrics.Searched(index.Name, Search.Outcome.Possible, piece.Possible);
        if (piece.Refer > 0) metrics.Searched(index.Name, Search.Outcome.Refer, piece.Refer);
        if (piece.NotKnown > 0) metrics.Searched(index.Name, Search.Outcome.NotKnown, piece.NotKnown);
    }

    private static async Task EndAsync(HttpContext http, SearchLineAnswer last) =>
        await http.Response.Body.WriteAsync(AnswerLines.End(last), http.RequestAborted);

    /// <summary>The caller may no longer: what it asked until then was answered.</summary>
    private sealed class RefusedException(Problem problem) : Exception(problem.Detail)
    {
        public Problem Problem => problem;
    }
}
