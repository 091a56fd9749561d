using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Liaison.Api;

/// <summary>
/// How tokens are had from a hub: persons through a device code, systems with an assertion that they sign. What the hub refuses comes back as
/// a value; only a hub that cannot be reached throws <see cref="HttpRequestException"/>.
/// </summary>
/// <remarks>Thread-safe. The caller owns the <see cref="HttpClient"/>, whose BaseAddress is the hub.</remarks>
public sealed class OAuthClient(HttpClient http)
{
    /// <summary>The client id of the command line: public, a person decides.</summary>
    public const string CommandLine = "Liaison.Cli";

    public Task<DeviceAnswer> BeginAsync(CancellationToken cancellation) =>
        PostAsync(Routes.DeviceAuthorization, LiaisonJson.Answers.DeviceAnswer, cancellation, ("client_id", CommandLine));

    /// <summary>Asks whether the person has decided; the error is <c>authorization_pending</c> until then.</summary>
    public Task<TokenAnswer> PollAsync(string deviceCode, CancellationToken cancellation) =>
        PostAsync(Routes.Token, LiaisonJson.Answers.TokenAnswer, cancellation,
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("client_id", CommandLine), ("device_code", deviceCode));

    public Task<TokenAnswer> RefreshAsync(string refreshToken, CancellationToken cancellation) =>
        PostAsync(Routes.Token, LiaisonJson.Answers.TokenAnswer, cancellation,
            ("grant_type", "refresh_token"), ("client_id", CommandLine), ("refresh_token", refreshToken));

    /// <param name="assertion">RFC 7523, made for this request.</param>
    public Task<TokenAnswer> ProveAsync(string assertion, CancellationToken cancellation) =>
        PostAsync(Routes.Token, LiaisonJson.Answers.TokenAnswer, cancellation, ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion));

    /// <summary>Gives back a token, and with it everything of the same sign-in (RFC 7009).</summary>
    /// <returns>Why not, or null.</returns>
    public async Task<string?> RevokeAsync(string token, CancellationToken cancellation) =>
        (await PostAsync(Routes.Revocation, LiaisonJson.Answers.TokenAnswer, cancellation, ("client_id", CommandLine), ("token", token))) is { Error: { } error } refused
            ? refused.ErrorDescription ?? error : null;

    /// <exception cref="JsonException">What answers is no hub.</exception>
    private async Task<T> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation, params (string Name, string Value)[] form)
        where T : class
    {
        using var content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content, cancellation).ConfigureAwait(false);
        var body = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        // RFC 7009: an empty answer, when all is well.
        return JsonSerializer.Deserialize(body.Length == 0 ? "{}" : body, type) ?? throw new JsonException("An object is needed.");
    }
}
