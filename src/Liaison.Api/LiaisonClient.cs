using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Liaison.Api.Events;
using Liaison.Api.Hits;
using Liaison.Api.Members;
using Liaison.Api.TravelDocuments;

namespace Liaison.Api;

/// <summary>
/// The outcome of a call: the value, or the problem that the hub answered.
/// </summary>
/// <param name="Value">The answer when the hub gave one.</param>
/// <param name="Problem">What the hub refused with.</param>
/// <param name="Body">The hub's own JSON, byte for byte as text.</param>
/// <param name="ETag">Version tag of a record, quotes included.</param>
public sealed record HubReply<T>(T? Value, Problem? Problem, string Body, string? ETag)
    where T : class;

/// <summary>
/// The typed client of the hub: what people's tools and partner systems use. Every failure the hub names comes back as a value; only a
/// hub that cannot be reached throws <see cref="HttpRequestException"/>.
/// </summary>
/// <remarks>Thread-safe. The caller owns the <see cref="HttpClient"/>, whose BaseAddress is the hub.</remarks>
/// <param name="http">To the hub.</param>
/// <param name="token">The access token, asked for before each request: one that is used for long may have to be renewed.</param>
public sealed class LiaisonClient(HttpClient http, Func<CancellationToken, ValueTask<string>> token)
{
    /// <summary>With a token that lasts as long as it is needed.</summary>
    public LiaisonClient(HttpClient http, string token)
        : this(http, _ => ValueTask.FromResult(token))
    {
    }

    public Task<HubReply<SearchAnswer>> SearchAsync(SearchRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.TravelDocumentSearch, Json(request, LiaisonJson.Default.SearchRequest),
            LiaisonJson.Answers.SearchAnswer, cancellation);

    public Task<HubReply<TravelDocument>> RecordAsync(TravelDocumentRequest request, string? idempotencyKey, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.TravelDocuments, Json(request, LiaisonJson.Default.TravelDocumentRequest),
            LiaisonJson.Answers.TravelDocument, cancellation, idempotencyKey);

    public Task<HubReply<TravelDocument>> ReadAsync(Guid id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.TravelDocument(id), null, LiaisonJson.Answers.TravelDocument, cancellation);

    public Task<HubReply<TravelDocumentVersions>> VersionsAsync(Guid id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.TravelDocumentVersions(id), null, LiaisonJson.Answers.TravelDocumentVersions, cancellation);

    /// <param name="party">A member, or a unit of it.</param>
    public Task<HubReply<TravelDocumentSight>> SightAsync(Guid id, string party, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.TravelDocumentSight(id) + Query(("of", party)), null, LiaisonJson.Answers.TravelDocumentSight, cancellation);

    /// <param name="etag">The tag that the read gave: the change is refused when somebody else changed the record since.</param>
    public Task<HubReply<TravelDocument>> ChangeAsync(
        Guid id, string etag, TravelDocumentRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Put, Routes.TravelDocument(id), Json(request, LiaisonJson.Default.TravelDocumentRequest),
            LiaisonJson.Answers.TravelDocument, cancellation, etag: etag);

    /// <param name="etag">The tag that the read gave.</param>
    public Task<HubReply<TravelDocument>> WithdrawAsync(Guid id, string etag, WithdrawalRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.TravelDocumentWithdrawal(id), Json(request, LiaisonJson.Default.WithdrawalRequest),
            LiaisonJson.Answers.TravelDocument, cancellation, etag: etag);

    public Task<HubReply<TravelDocument>> HoldAsync(Guid id, HoldRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.TravelDocumentHold(id), Json(request, LiaisonJson.Default.HoldRequest),
            LiaisonJson.Answers.TravelDocument, cancellation);

    public Task<HubReply<TravelDocument>> ReleaseAsync(Guid id, HoldRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.TravelDocumentRelease(id), Json(request, LiaisonJson.Default.HoldRequest),
            LiaisonJson.Answers.TravelDocument, cancellation);

    public Task<HubReply<TravelDocumentPage>> ListAsync(string? after, int? limit, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.TravelDocuments + Query(("after", after), ("limit", limit?.ToString("D", null))), null,
            LiaisonJson.Answers.TravelDocumentPage, cancellation);

    /// <param name="content">The file; its media type says CSV (<c>text/csv</c>) or NDJSON (<c>application/x-ndjson</c>).</param>
    /// <param name="feed">The feed that the file belongs to; the hub's default when null.</param>
    /// <param name="mode"><c>delta</c> or <c>full</c>.</param>
    /// <param name="maxWithdrawals">Percentage of the feed that a full file may end.</param>
    /// <returns>The job; ask for it again until it is done or failed.</returns>
    public Task<HubReply<ImportJob>> ImportAsync(
        HttpContent content, string? idempotencyKey, string? feed, string? mode, int? maxWithdrawals, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.TravelDocumentImports + Query(
                ("feed", feed), ("mode", mode), ("maxWithdrawals", maxWithdrawals?.ToString("D", null))),
            content, LiaisonJson.Answers.ImportJob, cancellation, idempotencyKey);

    public Task<HubReply<ImportJob>> ImportAsync(Guid id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.TravelDocumentImport(id), null, LiaisonJson.Answers.ImportJob, cancellation);

    public Task<HubReply<ImportJobList>> ImportsAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.TravelDocumentImports, null, LiaisonJson.Answers.ImportJobList, cancellation);

    /// <summary>Copies the reject file of an import, CSV.</summary>
    /// <returns>Null, or the problem that the hub answered.</returns>
    public async Task<Problem?> ImportRejectsAsync(Guid id, Stream to, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.TravelDocumentImportRejects(id));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellation).ConfigureAwait(false));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            return ReadProblem(response, await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
        await response.Content.CopyToAsync(to, cancellation).ConfigureAwait(false);
        return null;
    }

    /// <param name="id">The hit id of an answer, or for the owner the id of the case.</param>
    /// <param name="wait">Seconds to wait for a change at most, 0 to 60; null not to wait.</param>
    /// <param name="version">The version that is known: the answer comes when it is another.</param>
    public Task<HubReply<Hit>> HitAsync(Guid id, int? wait, int? version, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.Hit(id) + Query(("wait", wait?.ToString("D", null)), ("version", version?.ToString("D", null))), null,
            LiaisonJson.Answers.Hit, cancellation);

    /// <param name="state">Of those that are listed; null for all.</param>
    /// <param name="before"><c>next</c> of the page before.</param>
    public Task<HubReply<HitPage>> HitsAsync(string? state, Guid? before, int? limit, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.Hits + Query(("state", state), ("before", before?.ToString()), ("limit", limit?.ToString("D", null))), null,
            LiaisonJson.Answers.HitPage, cancellation);

    /// <summary>Lets a question stand.</summary>
    public Task<HubReply<StandingQuestion>> AskStandingAsync(StandingQuestionRequest request, string? idempotencyKey, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.StandingQuestions, Json(request, LiaisonJson.Default.StandingQuestionRequest), LiaisonJson.Answers.StandingQuestion,
            cancellation, idempotencyKey);

    /// <param name="before"><c>next</c> of the page before.</param>
    public Task<HubReply<StandingQuestionPage>> StandingAsync(Guid? before, int? limit, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.StandingQuestions + Query(("before", before?.ToString()), ("limit", limit?.ToString("D", null))), null,
            LiaisonJson.Answers.StandingQuestionPage, cancellation);

    public Task<HubReply<StandingQuestion>> EndStandingAsync(Guid id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.StandingQuestionEnd(id), null, LiaisonJson.Answers.StandingQuestion, cancellation);

    public Task<HubReply<HitFigures>> HitFiguresAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.HitFigures, null, LiaisonJson.Answers.HitFigures, cancellation);

    /// <summary>Has the owner look at a match that is only possible.</summary>
    public Task<HubReply<Hit>> AskForHitAsync(HitRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.Hits, Json(request, LiaisonJson.Default.HitRequest), LiaisonJson.Answers.Hit, cancellation);

    /// <summary>Does something with a hit: the path is one of <see cref="Routes"/>, the request the record that it takes.</summary>
    /// <param name="etag">The tag that the read gave.</param>
    public Task<HubReply<Hit>> ActOnHitAsync<T>(string path, string etag, T request, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, path, Json(request, type), LiaisonJson.Answers.Hit, cancellation, etag: etag);

    /// <param name="hit">The hit id of the one who asked, also as the owner.</param>
    public Task<HubReply<HitMessages>> HitMessagesAsync(Guid hit, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.HitMessages(hit), null, LiaisonJson.Answers.HitMessages, cancellation);

    public Task<HubReply<HitMessage>> WriteHitMessageAsync(Guid hit, HitMessageRequest request, string? idempotencyKey, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.HitMessages(hit), Json(request, LiaisonJson.Default.HitMessageRequest), LiaisonJson.Answers.HitMessage, cancellation,
            idempotencyKey);

    /// <param name="file">Its bytes; what kind they are the hub sees by itself.</param>
    /// <param name="name">Under which the other party finds it.</param>
    public Task<HubReply<HitMessage>> AttachToHitAsync(Guid hit, Stream file, string name, string? idempotencyKey, CancellationToken cancellation)
    {
        var content = new StreamContent(file);
        content.Headers.ContentType = new("application/octet-stream");
        content.Headers.ContentDisposition = new("attachment") { FileNameStar = name };
        return SendAsync(HttpMethod.Post, Routes.HitAttachments(hit), content, LiaisonJson.Answers.HitMessage, cancellation, idempotencyKey);
    }

    /// <summary>Copies the bytes of an attachment.</summary>
    /// <param name="open">Makes the file, given the name that the hub says; called only when there is one.</param>
    /// <returns>Null, or the problem that the hub answered.</returns>
    public async Task<Problem?> FetchHitAttachmentAsync(Guid attachment, Func<string, Stream> open, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.HitAttachment(attachment));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellation).ConfigureAwait(false));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            return ReadProblem(response, await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
        var to = open(response.Content.Headers.ContentDisposition?.FileNameStar ?? attachment.ToString());
        await using (to.ConfigureAwait(false))
        {
            await response.Content.CopyToAsync(to, cancellation).ConfigureAwait(false);
        }

        return null;
    }

    /// <param name="after">A cursor, <c>latest</c>, or null for the oldest event that is kept.</param>
    /// <param name="wait">Seconds to wait for an event at most, 0 to 60; null not to wait.</param>
    public async Task<HubReply<EventBatch>> EventsAsync(string? after, int? wait, int? limit, CancellationToken cancellation)
    {
        var path = Routes.Events + Query(("after", after), ("wait", wait?.ToString("D", null)), ("limit", limit?.ToString("D", null)));
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellation).ConfigureAwait(false));
        using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        var body = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) return new(null, ReadProblem(response, body), body, null);
        var cursor = response.Headers.TryGetValues(Headers.Cursor, out var values) ? string.Join("", values) : "";
        return new(new(JsonSerializer.Deserialize(body, LiaisonJson.Answers.CloudEventArray)!, cursor), null, body, null);
    }

    public Task<HubReply<WebhookList>> WebhooksAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.Webhooks, null, LiaisonJson.Answers.WebhookList, cancellation);

    /// <summary>Its answer holds the secret, this once.</summary>
    public Task<HubReply<Webhook>> RegisterWebhookAsync(WebhookRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.Webhooks, Json(request, LiaisonJson.Default.WebhookRequest), LiaisonJson.Answers.Webhook, cancellation);

    /// <param name="act"><c>secret</c>, <c>pause</c>, <c>resume</c> or <c>end</c>.</param>
    public Task<HubReply<Webhook>> ActOnWebhookAsync(Guid id, string act, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.Webhook(id, act), null, LiaisonJson.Answers.Webhook, cancellation);

    public Task<HubReply<Webhook>> ReplayWebhookAsync(Guid id, WebhookReplay replay, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Routes.Webhook(id, "replay"), Json(replay, LiaisonJson.Default.WebhookReplay), LiaisonJson.Answers.Webhook, cancellation);

    public Task<HubReply<DeadEvents>> DeadEventsAsync(Guid webhook, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.Webhook(webhook, "dead"), null, LiaisonJson.Answers.DeadEvents, cancellation);

    public Task<HubReply<HubStatus>> StatusAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Routes.Status, null, LiaisonJson.Answers.HubStatus, cancellation);

    /// <summary>
    /// Asks for the documents of one piece of a batch. The whole piece is sent before the answer is read, so keep it below 2,000 lines and
    /// 128 KiB and send piece after piece.
    /// </summary>
    /// <returns>The summary, and in <see cref="HubReply{T}.Body"/> the answer lines, byte for byte as text. An answer that broke off has a problem instead.</returns>
    public async Task<HubReply<SearchManySummary>> SearchManyAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellation)
    {
        using var content = new ReadOnlyMemoryContent(lines);
        content.Headers.ContentType = new MediaTypeHeaderValue(Ndjson.MediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.TravelDocumentSearchMany) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellation).ConfigureAwait(false));
        using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        var body = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) return new(null, ReadProblem(response, body), body, null);
        var last = Last(body);
        return last?.Summary is { } summary ? new(summary, null, body, null) : new(null, last?.Problem ?? Incomplete(response), body, null);
    }

    /// <summary>Does something that an administrator may: the path is one of <see cref="Routes"/>, the request the record that it takes.</summary>
    public async Task<HubReply<AdministrationAnswer>> AdministerAsync<T>(string path, T request, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var reply = await SendAsync(HttpMethod.Post, path, Json(request, type), LiaisonJson.Answers.JsonDocument, cancellation).ConfigureAwait(false);
        return Answered(reply);
    }

    /// <summary>Reads a list of the administration: the path is one of <see cref="Routes"/>, with its query.</summary>
    public async Task<HubReply<AdministrationAnswer>> AdministrationAsync(string path, CancellationToken cancellation) =>
        Answered(await SendAsync(HttpMethod.Get, path, null, LiaisonJson.Answers.JsonDocument, cancellation).ConfigureAwait(false));

    private static HubReply<AdministrationAnswer> Answered(HubReply<JsonDocument> reply)
    {
        using var document = reply.Value;
        return new(document is null ? null : new(document.RootElement.Clone()), reply.Problem, reply.Body, reply.ETag);
    }

    private static SearchLineAnswer? Last(string body)
    {
        var text = body.AsSpan().TrimEnd('\n');
        try
        {
            return JsonSerializer.Deserialize(text[(text.LastIndexOf('\n') + 1)..], LiaisonJson.Answers.SearchLineAnswer);
        }
        catch (JsonException)
        {
            // Cut in the middle of a line: as incomplete as one without a last line.
            return null;
        }
    }

    private static Problem Incomplete(HttpResponseMessage response) =>
        new ProblemKind("incompleteAnswer", (int)response.StatusCode, "The hub's answer broke off")
            .With("The answer has no last line with the counts, so some lines may not have been answered. Send them again.");

    private async Task<HubReply<T>> SendAsync<T>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellation,
        string? idempotencyKey = null, string? etag = null)
        where T : class
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellation).ConfigureAwait(false));
        if (idempotencyKey is not null) request.Headers.Add(Headers.IdempotencyKey, idempotencyKey);
        if (etag is not null) request.Headers.TryAddWithoutValidation("If-Match", etag);

        using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        var body = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        return response.IsSuccessStatusCode
            ? new(JsonSerializer.Deserialize(body, type), null, body, response.Headers.ETag?.ToString())
            : new(null, ReadProblem(response, body), body, null);
    }

    /// <summary>A proxy between may answer without a problem document; the caller still gets one.</summary>
    private static Problem ReadProblem(HttpResponseMessage response, string body)
    {
        if (response.Content.Headers.ContentType?.MediaType == Problem.MediaType)
        {
            try
            {
                if (JsonSerializer.Deserialize(body, LiaisonJson.Answers.Problem) is { } problem) return problem;
            }
            catch (JsonException)
            {
                // Falls through to the problem made from the status alone.
            }
        }

        return new ProblemKind("unreadableAnswer", (int)response.StatusCode, "The hub's answer could not be read")
            .With($"The answer had status {(int)response.StatusCode} and no problem document. Is this address really a hub?");
    }

    private static StringContent Json<T>(T value, JsonTypeInfo<T> type) =>
        new(JsonSerializer.Serialize(value, type), Encoding.UTF8, "application/json");

    private static string Query(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in parts)
        {
            if (value is not null) query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return query.ToString();
    }
}
