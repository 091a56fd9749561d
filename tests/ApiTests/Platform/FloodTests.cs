using System.Net;
using System.Net.Sockets;
using ApiTests.Members;
using Liaison.Api;
using Liaison.Platform.Access;
using Liaison.Platform.Web;

namespace ApiTests.Platform;

/// <summary>A hub that takes little of strangers. Only 127.0.0.2 is a proxy to it.</summary>
public sealed class FloodedHub(TestCluster cluster) : OAuthHub(cluster)
{
    public const int Limit = 20;

    protected override RateLimits Rates =>
        new(int.MaxValue, int.MaxValue) { Unknown = Limit, Devices = Limit, Failures = Limit, FailureTakes = TimeSpan.Zero };

    protected override Frontage Frontage => new() { Proxies = [new IPNetwork(IPAddress.Parse("127.0.0.2"), 32)] };

    /// <summary>A client whose requests come from another address of this machine.</summary>
    public HttpClient From(string address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, Address.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    }) { BaseAddress = Address };
}

/// <summary>What strangers send too much of is refused before it costs anything, and whoever is known does not feel it.</summary>
public sealed class FloodTests(FloodedHub hub) : IClassFixture<FloodedHub>
{
    [Fact]
    public async Task Made_up_tokens_are_refused_before_the_database_and_a_known_caller_of_the_same_network_is_answered()
    {
        using var http = hub.From("127.0.0.11");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(http, Callers.Germany));
        var answers = await FloodAsync(http, null);
        // The clock may begin another minute meanwhile, never two.
        Assert.InRange(answers.Count(a => a == HttpStatusCode.Unauthorized), FloodedHub.Limit, 2 * FloodedHub.Limit);
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], answers.Distinct().Order());

        Assert.Equal(HttpStatusCode.OK, await AskAsync(http, Callers.Germany));
        // Nor when what is known of it is forgotten, as whenever rights of anybody change.
        ((Liaison.Members.Tokens.KnownCallers)hub.Services.GetService(typeof(Liaison.Members.Tokens.KnownCallers))!).Forget(null);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(http, Callers.Germany));
        // Nobody looks a token up for this network any more, not even a good one that this node has never met.
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(http, Callers.NoPurpose));
        // Another network has its own.
        using var other = hub.From("127.0.0.12");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(other, Callers.France));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(other, "made-up"));
    }

    [Fact]
    public async Task A_valid_token_is_none_of_what_is_counted()
    {
        using var http = hub.From("127.0.0.13");
        var known = (Liaison.Members.Tokens.KnownCallers)hub.Services.GetService(typeof(Liaison.Members.Tokens.KnownCallers))!;
        for (var i = 0; i < 3 * FloodedHub.Limit; i++)
        {
            known.Forget(null);
            Assert.Equal(HttpStatusCode.OK, await AskAsync(http, Callers.Kingdom));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(http, "made-up"));
    }

    [Fact]
    public async Task An_address_is_believed_of_a_named_proxy_and_of_nobody_else()
    {
        using var stranger = hub.From("127.0.0.14");
        Assert.Contains(HttpStatusCode.TooManyRequests, await FloodAsync(stranger, i => $"192.0.2.{i}"));
        using var proxy = hub.From("127.0.0.2");
        Assert.Equal([HttpStatusCode.Unauthorized], (await FloodAsync(proxy, i => $"198.51.100.{i}")).Distinct());
        Assert.Contains(HttpStatusCode.TooManyRequests, await FloodAsync(proxy, _ => "203.0.113.7"));
        // What a caller wrote before the proxy added its own is not reached.
        Assert.Contains(HttpStatusCode.TooManyRequests, await FloodAsync(proxy, i => $"192.0.2.{i}, 203.0.113.8"));
        // Ports and the rest of a network of IPv6 are no other network.
        Assert.Contains(HttpStatusCode.TooManyRequests, await FloodAsync(proxy, i => $"2001:db8:1:2::{i:x}"));
        Assert.Equal([HttpStatusCode.Unauthorized], (await FloodAsync(proxy, i => $"2001:db8:2:{i:x}::1")).Distinct());
    }

    [Fact]
    public async Task Devices_that_ask_are_limited_by_network_and_others_get_their_code()
    {
        using var http = hub.From("127.0.0.15");
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 2 * FloodedHub.Limit + 5; i++) answers.Add(await DeviceAsync(http, i % 2 == 0 ? "" : "/"));
        Assert.InRange(answers.Count(a => a == HttpStatusCode.OK), FloodedHub.Limit, 2 * FloodedHub.Limit);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], answers.Distinct().Order());
        using var other = hub.From("127.0.0.16");
        Assert.Equal(HttpStatusCode.OK, await DeviceAsync(other));
        // Tokens are not devices.
        var (client, key) = await hub.NewSystemAsync();
        Assert.Equal(HttpStatusCode.OK, (await hub.TokenAsync(new Assertion(client, hub.Address).Sign(key))).Status);
    }

    [Fact]
    public async Task Systems_that_fail_do_not_stop_one_of_their_network_that_proved_itself_before()
    {
        using var http = hub.From("127.0.0.17");
        var (good, key) = await hub.NewSystemAsync();
        var (late, other) = await hub.NewSystemAsync();
        Assert.Equal(HttpStatusCode.OK, await TokenAsync(http, new Assertion(good, hub.Address).Sign(key)));
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 2 * FloodedHub.Limit + 5; i++) answers.Add(await TokenAsync(http, new Assertion($"nobody-{i}", hub.Address).Sign(other)));
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], answers.Distinct().Order());

        Assert.Equal(HttpStatusCode.OK, await TokenAsync(http, new Assertion(good, hub.Address).Sign(key)));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TokenAsync(http, new Assertion(late, hub.Address).Sign(other)));
        using var elsewhere = hub.From("127.0.0.18");
        Assert.Equal(HttpStatusCode.OK, await TokenAsync(elsewhere, new Assertion(late, hub.Address).Sign(other)));
        // Failures in its own name are its own.
        answers.Clear();
        for (var i = 0; i < 2 * FloodedHub.Limit + 5; i++) answers.Add(await TokenAsync(http, new Assertion(good, hub.Address).Sign(other)));
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
    }

    [Fact]
    public async Task Pages_that_nobody_is_signed_in_for_are_limited_by_network()
    {
        using var http = hub.From("127.0.0.19");
        foreach (var path in new[] { "/enrol?token=made-up", "/sign-in/via/made-up/keys", "/sign-in/via/made-up/back", "/account" })
        {
            var answers = new List<HttpStatusCode>();
            for (var i = 0; i < 2 * FloodedHub.Limit + 5; i++)
            {
                using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
                answers.Add(answer.StatusCode);
                if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    Assert.Equal("60", answer.Headers.RetryAfter?.ToString());
                    break;
                }
            }

            Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        }

        using var other = hub.From("127.0.0.20");
        using var page = await other.GetAsync(new Uri("/sign-in", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    private static async Task<HttpStatusCode> TokenAsync(HttpClient http, string assertion)
    {
        using var form = new FormUrlEncodedContent(Assertion.Form(assertion));
        using var response = await http.PostAsync(new Uri(Routes.Token, UriKind.Relative), form);
        return response.StatusCode;
    }

    /// <summary>More than two minutes' worth of made-up tokens.</summary>
    private static async Task<List<HttpStatusCode>> FloodAsync(HttpClient http, Func<int, string>? forwarded)
    {
        var answers = new List<HttpStatusCode>();
        for (var i = 1; i <= 2 * FloodedHub.Limit + 5; i++) answers.Add(await AskAsync(http, $"made-up-{i}", forwarded?.Invoke(i)));
        return answers;
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, string token, string? forwarded = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Status);
        request.Headers.Authorization = new("Bearer", token);
        request.Headers.Add("X-Forwarded-Proto", "https");
        if (forwarded is not null) request.Headers.Add("X-Forwarded-For", forwarded);
        using var response = await http.SendAsync(request);
        if (response.StatusCode == HttpStatusCode.TooManyRequests) await IsLimitAsync(response);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> DeviceAsync(HttpClient http, string slash = "")
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["client_id"] = OAuthClient.CommandLine });
        using var response = await http.PostAsync(new Uri(Routes.DeviceAuthorization + slash, UriKind.Relative), form);
        if (response.StatusCode == HttpStatusCode.TooManyRequests) await IsLimitAsync(response);
        return response.StatusCode;
    }

    private static async Task IsLimitAsync(HttpResponseMessage response)
    {
        Assert.Equal("60", response.Headers.RetryAfter?.ToString());
        Assert.Contains("\"tooManyRequests\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
