using System.Diagnostics;
using System.Net;
using ApiTests.Hits;
using ApiTests.TravelDocuments;
using Liaison.Members.Storage;
using Liaison.Members.Tokens;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ApiTests.Members;

/// <summary>What is taken away holds at once on a node that cannot be told, ends open streams, and costs nobody else anything. On every node, by every act: EndingTests.</summary>
public sealed class RevocationTests(TestCluster cluster) : HubFixture(cluster)
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5), Generous = TimeSpan.FromSeconds(30);

    private readonly LeptClock clock = new();

    protected override TimeProvider Clock => clock;

    protected override RateLimits Rates => new(int.MaxValue, int.MaxValue);

    /// <summary>A node that is cut off from the log is told nothing: it must ask for each call.</summary>
    [Fact]
    public async Task A_node_that_does_not_follow_checks_every_token()
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync(Http(null)));
        await using var owner = new NpgsqlConnection(OwnerConnectionString);
        await owner.OpenAsync();
        await using (var transaction = await owner.BeginTransactionAsync())
        {
            await using var block = new NpgsqlCommand("LOCK TABLE platform.change_log IN ACCESS EXCLUSIVE MODE", owner);
            await block.ExecuteNonQueryAsync();
            await DoAsync("UPDATE members.account SET state = 'suspended' WHERE name = 'germany'");
            await UntilAsync(async () => await AskAsync(Http(null)) == HttpStatusCode.Unauthorized, "blind");
            await transaction.RollbackAsync();
        }

        // It follows again and was never told; what it remembers from before must not be more than what the database said meanwhile.
        await LeapAsync(TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(Http(null)));
    }

    /// <summary>Suspended without a word in the change log, as when the word is lost: what is remembered serves for a minute, and then nobody.</summary>
    [Fact]
    public async Task What_is_remembered_of_a_caller_is_used_for_a_minute_and_no_longer_though_nothing_is_told()
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync(Http(null)));
        await DoAsync("UPDATE members.account SET state = 'suspended' WHERE name = 'germany'");
        await LeapAsync(TimeSpan.FromSeconds(50));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(Http(null)));
        await LeapAsync(TimeSpan.FromSeconds(11));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(Http(null)));
    }

    /// <summary>The hit changes after the account ended: whoever waits for it is woken, and told no more than that its token is void.</summary>
    [Fact]
    public async Task Whoever_waits_for_a_hit_when_its_account_ends_is_told_nothing_more()
    {
        var (_, id) = await this.MetAsync("RV000002");
        var known = await this.OpenedAsync(id);
        var waiting = As(Callers.Germany).HitAsync(id, 60, known.Version, CancellationToken.None);
        // It is asked for at once who is there, and then again each five seconds.
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.False(waiting.IsCompleted);
        await ChangeAsync("UPDATE members.account SET state = 'ended' WHERE name = 'germany'");
        await UntilAsync(async () => await AskAsync(Http(null)) == HttpStatusCode.Unauthorized, "the end");
        Assert.Null((await this.AnswerAsync(id, "confirm")).Problem);
        var told = await waiting.WaitAsync(Generous);
        Assert.Equal("unauthenticated", told.Problem?.Code);
        Assert.DoesNotContain("confirm", told.Body, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_stream_that_is_open_ends_when_its_caller_is_gone()
    {
        using var batch = await OpenBatch.BeginAsync(Address, Callers.Germany);
        await batch.SendAsync("{\"number\":\"RV000001\",\"issuer\":\"UTO\"}\n");
        await batch.UntilAsync("notKnown");
        await ChangeAsync("UPDATE members.account SET state = 'ended' WHERE name = 'germany'");
        // One line and another, some time apart, until nobody reads them any more.
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await Task.Delay(100);
                await batch.SendAsync("{\"number\":\"RV000001\",\"issuer\":\"UTO\"}\n");
            }
        });
        await batch.UntilAsync("\"code\":\"unauthenticated\"");
        await Record.ExceptionAsync(() => sending);
    }

    [Fact]
    public async Task An_agreement_begins_and_ends_on_the_second_without_any_word()
    {
        await ChangeAsync("UPDATE members.agreement SET until = now() + interval '3 seconds' WHERE member = 'DEU'");
        await UntilAsync(async () => await AskAsync(Http(null)) == HttpStatusCode.Forbidden, "its end");
    }

    /// <summary>As when a token that hundreds of requests bring is forgotten: they all ask for it again, at once.</summary>
    [Fact]
    public async Task Nobody_is_refused_while_callers_are_forgotten()
    {
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var known = Services.GetRequiredService<KnownCallers>();
        var forgetting = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                known.Forget(null);
                await Task.Delay(20);
            }
        });
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = Address };
        var answers = await Task.WhenAll(Enumerable.Range(0, 256).Select(async _ =>
        {
            var seen = new List<HttpStatusCode>();
            while (!enough.IsCancellationRequested) seen.Add(await AskAsync(http));
            return seen;
        }));
        await forgetting;
        Assert.Equal([HttpStatusCode.OK], answers.SelectMany(a => a).Distinct());
    }

    /// <summary>And returns when the node has read the log again, without which it remembers nobody.</summary>
    private async Task LeapAsync(TimeSpan by)
    {
        clock.Leap(by);
        var known = Services.GetRequiredService<KnownCallers>();
        await UntilAsync(async () =>
        {
            await known.FindAsync(Callers.France, CancellationToken.None);
            return known.Recall(Callers.France) is not null;
        }, "following");
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient node)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/travel-documents/search")
        {
            Content = new StringContent("{\"number\":\"RV000001\",\"issuer\":\"UTO\"}", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", Callers.Germany);
        using var response = await node.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>As every act of the module that takes a right away: with the word to the nodes in the same change set.</summary>
    private async Task ChangeAsync(string sql)
    {
        var database = Services.GetRequiredService<NpgsqlDataSource>();
        await using var transaction = await WriteTransaction.BeginAsync(database, TimeProvider.System, CancellationToken.None);
        await using (var command = new NpgsqlCommand(sql, transaction.Connection)) await command.ExecuteNonQueryAsync();
        await AccessChanges.ForgetAsync(transaction, null, CancellationToken.None);
        transaction.Add(AuditEntry.Of(new Caller("test", "UTO", new HashSet<string>(), null), AuditEvents.StatusRead, "done", transaction.At));
        await transaction.CommitAsync(AccessChanges.Module, CancellationToken.None);
    }

    private async Task DoAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Generous, $"{what}: not within {Generous}, promised {Promised}");
            await Task.Delay(20);
        }
    }
}
