using System.Diagnostics;
using System.Net;
using ApiTests.PrivatePostgres;
using Liaison.Api;
using Liaison.Platform.Access;

namespace ApiTests.Members;

/// <summary>A hub whose failures take as long as the test says.</summary>
public sealed class HeldFailureHub(TestCluster cluster) : OAuthHub(cluster)
{
    public const int Limit = 20;

    internal HeldClock Held { get; } = new();

    protected override TimeProvider Clock => Held;

    protected override RateLimits Rates => Limits;

    /// <summary>Of the nodes that are started from now on.</summary>
    internal RateLimits Limits { get; set; } = new(int.MaxValue, int.MaxValue) { Failures = Limit, FailureTakes = HeldClock.Held };
}

/// <summary>Whether an account exists is not told by the time that its name costs, and who is good waits for nothing.</summary>
public sealed class FailureTimeTests(HeldFailureHub hub) : IClassFixture<HeldFailureHub>
{
    [Theory]
    [InlineData(Routes.Token)]
    [InlineData(Routes.DeviceAuthorization)]
    [InlineData(Routes.Revocation)]
    public async Task A_name_that_is_known_and_one_that_is_not_are_refused_after_the_same_time_and_others_do_not_wait(string path)
    {
        hub.Held.BeginMinute();
        var (known, key) = await hub.NewSystemAsync();
        var person = await hub.NewPersonAsync();
        var refused = new[] { known, person, "nobody-of-this-name" }.Select(name => hub.PostAsync(path, FormOf(path, name))).ToArray();
        await ClusterFolder.UntilAsync(() => hub.Held.Waits.Length == refused.Length, "the refused wait");
        // What takes its time was done before, and is part of the time.
        Assert.Equal(2, await hub.ScalarAsync<long>(
            "SELECT count(*) FROM audit.entry WHERE event = 'members.signInFailed' AND account = ANY ($1)", (object)new[] { known, person }));
        Assert.All(hub.Held.Waits, w => Assert.InRange(w, HeldClock.Held - TimeSpan.FromSeconds(50), HeldClock.Held - TimeSpan.FromTicks(1)));
        Assert.All(refused, r => Assert.False(r.IsCompleted));

        Assert.Equal(HttpStatusCode.OK, (await hub.TokenAsync(new Assertion(known, hub.Address).Sign(key))).Status);
        Assert.Equal(refused.Length, hub.Held.Waits.Length);

        hub.Held.EndWaits();
        var answers = await Task.WhenAll(refused);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (answers[0].Status, answers[0].Error));
        Assert.Single(answers.Distinct());
    }

    /// <summary>Who sends the body late does not have the time over before its end is looked at.</summary>
    [Fact]
    public async Task The_time_begins_when_all_of_the_request_has_come()
    {
        hub.Held.BeginMinute();
        var rest = new TaskCompletionSource();
        using var http = new HttpClient { BaseAddress = hub.Address };
        using var form = new LateForm("grant_type=refresh_token&refresh_token=made-up&client_id=", rest.Task, "nobody-of-this-name");
        var refused = http.PostAsync(new Uri(Routes.Token, UriKind.Relative), form);
        await Task.Delay(TimeSpan.FromSeconds(3));
        rest.SetResult();
        await ClusterFolder.UntilAsync(() => hub.Held.Waits.Length == 1, "the refused waits");
        Assert.InRange(Assert.Single(hub.Held.Waits), HeldClock.Held - TimeSpan.FromSeconds(2.5), HeldClock.Held);
        hub.Held.EndWaits();
        using var answer = await refused;
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Who_hangs_up_is_not_waited_for_and_is_counted_all_the_same()
    {
        hub.Held.BeginMinute();
        using var hungUp = new CancellationTokenSource();
        using var http = new HttpClient { BaseAddress = hub.Address };
        var left = Enumerable.Range(0, HeldFailureHub.Limit).Select(async _ =>
        {
            using var form = new FormUrlEncodedContent(FormOf(Routes.Token, "nobody-of-this-name"));
            using var answer = await http.PostAsync(new Uri(Routes.Token, UriKind.Relative), form, hungUp.Token);
        }).ToArray();
        await ClusterFolder.UntilAsync(() => hub.Held.Waits.Length == HeldFailureHub.Limit, "all wait");
        await hungUp.CancelAsync();
        foreach (var one in left) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        await ClusterFolder.UntilAsync(() => hub.Held.Waits.Length == 0, "nobody waits");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await hub.PostAsync(Routes.Token, FormOf(Routes.Token, "nobody-of-this-name"))).Status);
        Assert.DoesNotContain(hub.Log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal) || l.StartsWith("Critical", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_three_tenths_of_a_second_unless_a_test_says_otherwise()
    {
        hub.Held.BeginMinute();
        var before = hub.Limits;
        hub.Limits = RateLimits.Usual;
        await using var usual = await hub.StartHubAsync();
        hub.Limits = before;
        var (known, _) = await hub.NewSystemAsync();
        foreach (var name in new[] { known, "nobody-of-this-name" })
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Equal("invalid_client", (await hub.PostAsync(Routes.Token, FormOf(Routes.Token, name), new(usual.Urls.First()))).Error);
            // A timer may be a millisecond early.
            Assert.True(Stopwatch.GetElapsedTime(began) > TimeSpan.FromMilliseconds(295), $"{name}: {Stopwatch.GetElapsedTime(began)}");
        }

        await usual.StopAsync();
    }

    private static Dictionary<string, string> FormOf(string path, string client)
    {
        var form = new Dictionary<string, string> { ["client_id"] = client };
        if (path == Routes.Token) (form["grant_type"], form["refresh_token"]) = ("refresh_token", "made-up");
        if (path == Routes.Revocation) form["token"] = "made-up";
        return form;
    }

    private sealed class LateForm : HttpContent
    {
        private readonly string begin, end;
        private readonly Task between;

        public LateForm(string begin, Task between, string end)
        {
            (this.begin, this.between, this.end) = (begin, between, end);
            Headers.ContentType = new("application/x-www-form-urlencoded");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(begin));
            await stream.FlushAsync();
            await between;
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(end));
        }

        protected override bool TryComputeLength(out long length) => (length = begin.Length + end.Length) > 0;
    }
}
