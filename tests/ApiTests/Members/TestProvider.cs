using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ApiTests.Members;

/// <summary>
/// An OpenID Connect provider on loopback with real keys. It is strict with the hub (PKCE, redirect URI, client proof, codes used once), and every part
/// of what it answers can be made wrong.
/// </summary>
internal sealed class TestProvider : IAsyncDisposable
{
    public const string ClientId = "the-hub", Secret = "a-secret-of-the-tests";

    private readonly ConcurrentDictionary<string, Dictionary<string, string>> codes = new(StringComparer.Ordinal);
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TimeProvider clock;
    private readonly WebApplication app;
    private readonly string path = $"/{Guid.NewGuid():N}";
    private Uri? hub;

    private TestProvider(TimeProvider clock)
    {
        this.clock = clock;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    /// <summary>With a path of its own: ports come again.</summary>
    public string Issuer => app.Urls.First() + path;

    /// <summary>Who is signed in here.</summary>
    public string Subject { get; set; } = "subject-1";

    /// <summary>When that person last proved it; now unless set.</summary>
    public DateTimeOffset? AuthenticatedAt { get; set; }

    public Lies Lie { get; set; } = new();

    /// <summary>Asks the person with a page, as providers do, instead of going on at once.</summary>
    public bool AsksPerson { get; set; }

    /// <summary>What the hub last asked of it, by parameter.</summary>
    public Dictionary<string, string> Asked { get; private set; } = [];

    public static async Task<TestProvider> StartAsync(TimeProvider clock)
    {
        var provider = new TestProvider(clock);
        await provider.app.StartAsync();
        return provider;
    }

    /// <summary>What its administrator sets up: where the hub is, whose key set and redirect URI it takes.</summary>
    public void Know(Uri site) => hub = site;

    public string Code { get; set; } = "";

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Dispose();
    }

    private Task AnswerAsync(HttpContext http) => http.Request.Path.StartsWithSegments(path, out var rest) ? AnswerAsync(http, rest.Value!) : Task.CompletedTask;

    private Task AnswerAsync(HttpContext http, string asked) => asked switch
    {
        "/.well-known/openid-configuration" => JsonAsync(http, Discovery()),
        "/keys" => JsonAsync(http, JsonNode.Parse(KeySet())!.AsObject()),
        "/authorize" => AuthorizeAsync(http),
        "/token" => TokenAsync(http),
        _ => Task.CompletedTask,
    };

    private JsonObject Discovery()
    {
        var said = new JsonObject
        {
            ["issuer"] = Issuer, ["authorization_endpoint"] = Issuer + "/authorize", ["token_endpoint"] = Issuer + "/token", ["jwks_uri"] = Issuer + "/keys",
            ["authorization_response_iss_parameter_supported"] = true,
        };
        Lie.Discovery(said);
        return said;
    }

    private string KeySet()
    {
        var point = key.ExportParameters(false).Q;
        var keys = new JsonArray(new JsonObject
        {
            ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "own", ["x"] = Base64Url.EncodeToString(point.X!), ["y"] = Base64Url.EncodeToString(point.Y!),
        });
        Lie.Keys(keys);
        return new JsonObject { ["keys"] = keys }.ToJsonString();
    }

    private async Task AuthorizeAsync(HttpContext http)
    {
        Asked = http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal);
        if (Asked["client_id"] != ClientId || Asked["response_type"] != "code" || Asked["code_challenge_method"] != "S256" || Asked["scope"] != "openid"
            || Asked["redirect_uri"] != $"{hub}sign-in/via/{Code}/back")
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var code = Guid.NewGuid().ToString("N");
        codes[code] = Asked;
        var answer = new Dictionary<string, string?> { ["code"] = code, ["state"] = Asked["state"], ["iss"] = Issuer };
        Lie.Answer(answer);
        var back = QueryHelpers.AddQueryString(Asked["redirect_uri"], answer.Where(a => a.Value is not null).ToDictionary());
        if (!AsksPerson)
        {
            http.Response.Redirect(back);
            return;
        }

        http.Response.ContentType = "text/html";
        await http.Response.WriteAsync($"<!DOCTYPE html><title>Provider</title><a id=\"yes\" href=\"{WebUtility.HtmlEncode(back)}\">It is me</a>");
    }

    private async Task TokenAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        if (Lie.TokenEndpoint is { } instead)
        {
            await instead(http);
            return;
        }

        if (form["grant_type"] != "authorization_code" || !codes.TryRemove(form["code"].ToString(), out var asked) || form["redirect_uri"] != asked["redirect_uri"]
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != asked["code_challenge"]
            || !await IsHubAsync(form))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await JsonAsync(http, new() { ["error"] = "invalid_grant" });
            return;
        }

        await JsonAsync(http, new() { ["access_token"] = "of-no-use", ["token_type"] = "Bearer", ["id_token"] = IdToken(asked["nonce"]) });
    }

    /// <summary>The hub proves who it is with its key for this provider, or with the secret.</summary>
    private async Task<bool> IsHubAsync(IFormCollection form)
    {
        if (form.TryGetValue("client_secret", out var secret)) return secret == Secret && form["client_id"] == ClientId;
        using var client = new HttpClient();
        var set = new JsonWebKeySet(await client.GetStringAsync(new Uri($"{hub}sign-in/via/{Code}/keys")));
        if (set.Keys.Any(k => k.HasPrivateKey)) return false;
        var judged = await new JsonWebTokenHandler().ValidateTokenAsync(form["client_assertion"], new()
        {
            ValidIssuer = ClientId, ValidAudience = Issuer, IssuerSigningKeys = set.GetSigningKeys(), ValidAlgorithms = ["ES256"],
            LifetimeValidator = (_, expires, _, _) => expires > clock.GetUtcNow().UtcDateTime && expires < clock.GetUtcNow().UtcDateTime.AddMinutes(5),
        });
        return judged.IsValid;
    }

    private string IdToken(string nonce)
    {
        var now = clock.GetUtcNow();
        var header = new JsonObject { ["alg"] = "ES256", ["kid"] = "own" };
        var claims = new JsonObject
        {
            ["iss"] = Issuer, ["aud"] = ClientId, ["sub"] = Subject, ["nonce"] = nonce, ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
            ["auth_time"] = (AuthenticatedAt ?? now).ToUnixTimeSeconds(), ["acr"] = "two", ["amr"] = new JsonArray("pwd", "mfa"),
        };
        Lie.Header(header);
        Lie.Claims(claims);
        var text = $"{Part(header)}.{Part(claims)}";
        var signature = Lie.Sign is { } sign ? sign(Encoding.ASCII.GetBytes(text), KeySet()) : key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256);
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    private static Task JsonAsync(HttpContext http, JsonObject body)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString());
    }

    private static string Part(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}

/// <summary>What a provider does that it should not.</summary>
internal sealed record Lies
{
    public Action<JsonObject> Discovery { get; init; } = _ => { };

    public Action<Dictionary<string, string?>> Answer { get; init; } = _ => { };

    public Action<JsonObject> Header { get; init; } = _ => { };

    public Action<JsonObject> Claims { get; init; } = _ => { };

    /// <summary>Of its key set.</summary>
    public Action<JsonArray> Keys { get; init; } = _ => { };

    /// <summary>From the text and the provider's public key set.</summary>
    public Func<byte[], string, byte[]>? Sign { get; init; }

    public RequestDelegate? TokenEndpoint { get; init; }
}
