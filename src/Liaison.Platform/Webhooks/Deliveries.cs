using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Telemetry;
using Liaison.Platform.Web;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Platform.Webhooks;

/// <summary>
/// Tells webhooks what their members are told: of each subject in order, the others meanwhile. A webhook is one node's for the time of a lease, which is
/// longer than a round may take; a node that dies leaves it to another, and what it had told without noting it is told again, under the same id.
/// </summary>
internal sealed partial class Deliveries(
    NpgsqlDataSource database, WebhookCalls calls, Frontage frontage, AuditWriter audit, HubMetrics metrics, TimeProvider clock, ILogger<Deliveries> log) : BackgroundService
{
    /// <summary>So many webhooks at once, and of one member so few of them, so that one member's that are slow leave lanes to the others.</summary>
    private const int Lanes = 6, LanesOfOne = 2;
    private const int Together = 8;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500), Round = TimeSpan.FromSeconds(10), Lease = TimeSpan.FromSeconds(30);

    /// <summary>An address that answered nothing for so long, when an event dies, is not called any more.</summary>
    private static readonly TimeSpan GivenUp = TimeSpan.FromDays(2);

    /// <summary>The members whose webhooks the lanes have, each as often as it has one. Changed under its own lock.</summary>
    private readonly List<string> served = [];

    /// <summary>One lane after the other, so that each knows whom the others serve.</summary>
    private readonly SemaphoreSlim claiming = new(1);

    public override void Dispose()
    {
        claiming.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => LaneAsync(stoppingToken)));

    private async Task LaneAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                while (await RoundAsync(stopping))
                {
                }
            }
            catch (Exception away) when (away is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                // Whatever it is: a fault that left here would stop the node, with all that it answers.
                LogAway(away.GetType().Name);
            }

            await Task.Delay(Pace, clock, stopping);
        }
    }

    /// <returns>False when nothing came of it: then there is no haste to look again.</returns>
    private async Task<bool> RoundAsync(CancellationToken stopping)
    {
        if (await ClaimAsync(stopping) is not { } mine) return false;
        try
        {
            return await ServeAsync(mine, stopping);
        }
        finally
        {
            lock (served) served.Remove(mine.Webhook.Member);
        }
    }

    private async Task<Claim?> ClaimAsync(CancellationToken stopping)
    {
        await claiming.WaitAsync(stopping);
        try
        {
            string[] full;
            lock (served) full = [.. served.CountBy(member => member).Where(s => s.Value >= LanesOfOne).Select(s => s.Key)];
            var mine = await OnAsync(c => WebhookRows.ClaimAsync(c, calls.Seals, full, clock.GetUtcNow(), Lease, stopping), stopping);
            if (mine is not null)
            {
                lock (served) served.Add(mine.Webhook.Member);
            }

            return mine;
        }
        finally
        {
            claiming.Release();
        }
    }

    private async Task<bool> ServeAsync(Claim mine, CancellationToken stopping)
    {
        var (webhook, began) = (mine.Webhook, clock.GetTimestamp());
        var isWorth = await OnAsync(c => WebhookRows.FanOutAsync(c, webhook.Id, clock.GetUtcNow(), stopping), stopping);
        while (clock.GetElapsedTime(began) < Round && await OnAsync(c => WebhookRows.DueAsync(c, mine, clock.GetUtcNow(), Together, stopping), stopping) is { Count: > 0 } due)
        {
            var entry = AuditEntry.Of(WebhookPause.Hub(webhook.Member), WebhookRoutes.Called, "done", clock.GetUtcNow()) with
            {
                Records = [webhook.Id, .. due.Select(d => d.Told.Event.Id)],
            };
            await audit.AppendAsync(entry, [], stopping);
            // A database that hung may have kept it for longer than the lease: then nothing is told, and the next round looks anew.
            if (clock.GetElapsedTime(began) >= Round) break;
            await Task.WhenAll(due.Select(d => TellAsync(webhook, d, stopping)));
            isWorth = true;
        }

        await OnAsync(c => WebhookRows.ReleaseAsync(c, mine, CancellationToken.None), CancellationToken.None);
        return isWorth;
    }

    private async Task TellAsync(Webhook webhook, Delivery delivery, CancellationToken stopping)
    {
        var answer = await calls.TellAsync(webhook, delivery.Told.Wire(frontage.Source, null), stopping);
        if (answer == WebhookCalls.Ok)
        {
            await OnAsync(c => WebhookRows.ToldAsync(c, webhook.Id, delivery.Told.Position, CancellationToken.None), stopping);
            metrics.WebhookCalled("told");
            return;
        }

        if (answer == WebhookCalls.Closed)
        {
            // Nothing was tried: what waits is told when there is a new secret.
            await PauseAsync(webhook, WebhookPause.Secret, stopping);
            return;
        }

        var (now, attempts) = (clock.GetUtcNow(), delivery.Attempts + 1);
        var isDead = attempts >= BackOff.MostAttempts;
        DateTimeOffset? next = isDead ? null : now + BackOff.After(attempts, Random.Shared.NextDouble());
        metrics.WebhookCalled(isDead ? "dead" : "failed");
        await OnAsync(c => WebhookRows.FailedAsync(c, webhook.Id, delivery, answer, next, now, CancellationToken.None), stopping);
        if (answer == WebhookCalls.Gone) await PauseAsync(webhook, WebhookPause.Gone, stopping);
        else if (isDead) await PauseAsync(webhook, WebhookPause.Failing, stopping);
    }

    private async Task PauseAsync(Webhook webhook, string why, CancellationToken stopping)
    {
        await using var transaction = await WriteTransaction.BeginAsync(database, clock, stopping);
        var found = await WebhookRows.FindAsync(transaction.Connection, webhook.Id, webhook.Member, lockIt: true, stopping);
        if (found is not { State: WebhookState.Active } || (why == WebhookPause.Failing && !(found.FailingSince < transaction.At - GivenUp))) return;
        await WebhookPause.CommitAsync(transaction, found, why, stopping);
    }

    private async Task<T> OnAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await work(connection);
    }

    private async Task OnAsync(Func<NpgsqlConnection, Task> work, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await work(connection);
    }

    [LoggerMessage(LogLevel.Warning, "Webhooks cannot be called by this node now: {Kind}")]
    private partial void LogAway(string kind);
}
