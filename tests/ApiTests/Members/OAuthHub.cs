using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Liaison.Api;
using Liaison.Members;
using Liaison.Members.OAuth;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ApiTests.Members;

/// <summary>A hub with accounts that get their tokens as everybody else's: over HTTP.</summary>
public class OAuthHub(TestCluster cluster) : HubFixture(cluster)
{
    protected override Microsoft.Extensions.Logging.LogLevel LeastLogged => Microsoft.Extensions.Logging.LogLevel.Trace;

    internal MovedClock MovedClock { get; } = new();

    protected override TimeProvider Clock => MovedClock;

    /// <summary>What fails is answered at once: tests fail very often. <see cref="FailureTimeTests"/> has the wait.</summary>
    protected override RateLimits Rates => RateLimits.Usual with { FailureTakes = TimeSpan.Zero };

    /// <summary>A system account of France that signs with a key of its own.</summary>
    internal async Task<(string Name, ECDsa Key)> NewSystemAsync()
    {
        var name = await NewAccountAsync("system");
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await SetKeysAsync(name, Assertion.SetOf(("first", key)));
        return (name, key);
    }

    internal Task<string> NewPersonAsync() => NewAccountAsync("person");

    internal Task SetKeysAsync(string account, string set) => ChangeAsync(account, (clients, transaction) =>
    {
        Assert.True(ClientKeys.ParseSet(set).Is(out var keys, out var problems), problems is { Count: > 0 } ? problems[0].Message : "");
        return clients.SetKeysAsync(transaction, account, keys!, CancellationToken.None);
    });

    internal async Task ChangeAsync(string account, Func<SystemClients, WriteTransaction, Task> change)
    {
        await using var scope = Services.CreateAsyncScope();
        await using var transaction = await WriteTransaction.BeginAsync(Services.GetRequiredService<NpgsqlDataSource>(), Clock, CancellationToken.None);
        await change(scope.ServiceProvider.GetRequiredService<SystemClients>(), transaction);
        transaction.Add(AuditEntry.Of(new Caller(account, "FRA", new HashSet<string>(), null), MemberEvents.ClientChanged, "done", transaction.At));
        await transaction.CommitAsync("members", CancellationToken.None);
    }

    internal Task RunAsync(string sql, params object[] parameters) => ScalarAsync<long>($"WITH done AS ({sql} RETURNING 1) SELECT count(*) FROM done", parameters);

    internal async Task<OAuthAnswer> PostAsync(string path, Dictionary<string, string> form, Uri? hub = null)
    {
        using var content = new FormUrlEncodedContent(form);
        using var http = new HttpClient { BaseAddress = hub ?? Address };
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return await OAuthAnswer.OfAsync(response);
    }

    internal Task<OAuthAnswer> TokenAsync(string assertion, Uri? hub = null) => PostAsync(Routes.Token, Assertion.Form(assertion), hub);

    /// <summary>A person lets a device in; what the device has of it.</summary>
    internal async Task<OAuthAnswer> SignInAsync(string? person = null)
    {
        person ??= await NewPersonAsync();
        var (device, code) = await BeginDeviceAsync();
        Assert.True(await DecideAsync(codes => codes.ApproveAsync(code, person, CancellationToken.None)));
        return await PostAsync(Routes.Token, PollOf(device));
    }

    internal async Task<(string Device, string Code)> BeginDeviceAsync()
    {
        var answer = await PostAsync(Routes.DeviceAuthorization, new() { ["client_id"] = OAuthClient.CommandLine });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return (answer["device_code"]!, answer["user_code"]!);
    }

    internal async Task<bool> DecideAsync(Func<DeviceCodes, Task<bool>> decide)
    {
        await using var scope = Services.CreateAsyncScope();
        return await decide(scope.ServiceProvider.GetRequiredService<DeviceCodes>());
    }

    internal static Dictionary<string, string> PollOf(string device) => new()
    {
        ["grant_type"] = "urn:ietf:params:oauth:grant-type:device_code", ["client_id"] = OAuthClient.CommandLine, ["device_code"] = device,
    };

    internal static Dictionary<string, string> RefreshOf(string token) => new()
    {
        ["grant_type"] = "refresh_token", ["client_id"] = OAuthClient.CommandLine, ["refresh_token"] = token,
    };

    private async Task<string> NewAccountAsync(string kind)
    {
        var name = $"{kind}-{Guid.NewGuid():N}"[..20];
        await RunAsync("INSERT INTO members.member (code, kind, name, admitted_at) VALUES ('FRA', 'country', 'France', now()) ON CONFLICT (code) DO UPDATE SET name = 'France'");
        await RunAsync("""
            INSERT INTO members.agreement (id, member, dataset, access, purposes, since, recorded_at, recorded_by)
            SELECT gen_random_uuid(), 'FRA', 'travelDocuments', 'search', '{borderControl}', now(), now(), 'tests'
            WHERE NOT EXISTS (SELECT FROM members.agreement WHERE member = 'FRA')
            """);
        await RunAsync("""
            INSERT INTO members.account (name, member, kind, title, permissions, state, created_at, created_by)
            VALUES ($1, 'FRA', $2, 'of the tests', '{travelDocuments.search,hub.status}', 'active', now(), 'tests')
            """, name, kind);
        return name;
    }
}

/// <summary>What an OAuth endpoint answered.</summary>
internal sealed record OAuthAnswer(HttpStatusCode Status, string Text)
{
    public string? this[string member] => Text.Length > 0 && JsonDocument.Parse(Text).RootElement.TryGetProperty(member, out var value) ? value.ToString() : null;

    public string? Error => this["error"];

    public static async Task<OAuthAnswer> OfAsync(HttpResponseMessage response) => new(response.StatusCode, await response.Content.ReadAsStringAsync());
}
