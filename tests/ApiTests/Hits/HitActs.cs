using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.Hits;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Searches;
using Npgsql;

namespace ApiTests.Hits;

/// <summary>The short way to meet a record and to act on the hit.</summary>
internal static class HitActs
{
    /// <summary>A new record of Utopia, and the hit on it.</summary>
    public static async Task<(Guid Record, Guid Hit)> MetAsync(
        this HubFixture hub, string number, string asker = Callers.Germany, string? priority = null, TravelDocumentRequest? record = null)
    {
        var recorded = await hub.RecordedAsync((record ?? Documents.Stolen(number)) with { Number = number });
        return (recorded.Id, await hub.MetAgainAsync(number, asker, priority));
    }

    /// <summary>Another hit on what is recorded.</summary>
    public static async Task<Guid> MetAgainAsync(this HubFixture hub, string number, string asker = Callers.Germany, string? priority = null)
    {
        var answer = await hub.FoundAsync(new SearchRequest { Number = number, Issuer = "UTO", Kind = "passport", Priority = priority }, asker);
        return answer.Matches is [var match, ..] ? match.HitId!.Value : answer.Sealed is [var one] ? one.HitId!.Value : answer.Refer!.HitId!.Value;
    }

    /// <summary>The hit as soon as it is as wished.</summary>
    public static async Task<Hit> UntilAsync(this HubFixture hub, Guid id, string asker, Func<Hit, bool> wished)
    {
        int? version = null;
        for (var tries = 0; tries < 30; tries++)
        {
            var reply = await hub.As(asker).HitAsync(id, 1, version, CancellationToken.None);
            Assert.True(reply.Problem is null, reply.Body);
            if (wished(reply.Value!)) return reply.Value!;
            version = reply.Value!.Version;
        }

        Assert.Fail($"The hit did not become what was waited for: {(await hub.As(asker).HitAsync(id, null, null, CancellationToken.None)).Body}");
        return null;
    }

    /// <summary>Until the database says so.</summary>
    /// <param name="hub">Whose.</param>
    /// <param name="question">SQL.</param>
    /// <param name="between">What makes it come true sooner.</param>
    public static async Task UntilTrueAsync(this HubFixture hub, string question, Action? between = null)
    {
        for (var tries = 0; !await hub.ScalarAsync<bool>(question); tries++)
        {
            if (tries == 600) Assert.Fail($"{question}\nThe hub says:\n{string.Join('\n', hub.Log.Lines.TakeLast(20))}");
            await Task.Delay(50);
            between?.Invoke();
        }
    }

    public static Task<Hit> OpenedAsync(this HubFixture hub, Guid id, string asker = Callers.Germany) => hub.UntilAsync(id, asker, hit => hit.State != "opening");

    /// <summary>The owner's side of it.</summary>
    public static async Task<HubReply<Hit>> OwnersAsync(this HubFixture hub, Guid hit)
    {
        var reply = await hub.As(Callers.Utopia).HitAsync(hit, null, null, CancellationToken.None);
        Assert.True(reply.Problem is null, reply.Body);
        return reply;
    }

    /// <summary>The owner answers.</summary>
    public static async Task<HubReply<Hit>> AnswerAsync(this HubFixture hub, Guid hit, string act, string? note = null, string owner = Callers.Utopia, string? etag = null)
    {
        etag ??= (await hub.OwnersAsync(hit)).ETag!;
        return await hub.As(owner).ActOnHitAsync(Routes.HitAnswer(hit), etag, new() { Act = act, Note = note }, LiaisonJson.Default.HitAnswerRequest, CancellationToken.None);
    }

    /// <summary>Who asked says what came of it.</summary>
    public static async Task<HubReply<Hit>> OutcomeAsync(this HubFixture hub, Guid hit, string outcome, string asker = Callers.Germany)
    {
        var etag = (await hub.As(asker).HitAsync(hit, null, null, CancellationToken.None)).ETag!;
        return await hub.As(asker).ActOnHitAsync(Routes.HitOutcome(hit), etag, new() { Outcome = outcome }, LiaisonJson.Default.HitOutcomeRequest, CancellationToken.None);
    }

    public static async Task<HubReply<Hit>> CloseAsync(this HubFixture hub, Guid hit) => await hub.As(Callers.Utopia).ActOnHitAsync(
        Routes.HitClosure(hit), (await hub.OwnersAsync(hit)).ETag!, new(), LiaisonJson.Default.HitClosureRequest, CancellationToken.None);

    /// <summary>When what is kept of these searches is written, which under load is a moment after their answer.</summary>
    public static async Task KeptAsync(this HubFixture hub, IReadOnlyCollection<Guid> asked)
    {
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        HashSet<Guid> kept = [];
        for (var tries = 0; tries < 600 && !(kept.IsSupersetOf(asked) && await hub.NobodyHoldsAsync()); tries++)
        {
            await Task.Delay(50);
            kept = [.. await KeptSearches.EntriesAsync(connection, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, CancellationToken.None)];
        }

        Assert.Empty(asked.Except(kept));
        Assert.True(await hub.NobodyHoldsAsync());
    }

    public static Task<bool> NobodyHoldsAsync(this HubFixture hub) => hub.ScalarAsync<bool>("SELECT NOT EXISTS (SELECT FROM platform.kept_writer)");
}
