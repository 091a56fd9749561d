using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text.Json;
using Liaison.Api;
using Liaison.Api.Events;
using Liaison.Platform.Secrets;
using Liaison.Platform.Web;

namespace Liaison.Platform.Webhooks;

/// <summary>Calls webhooks: signed, with ids only. Of what is answered nothing but the status is read.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class WebhookCalls(OutwardOptions options, KeyFile keys, TimeProvider clock) : IDisposable
{
    /// <summary><see cref="Closed"/>: the key file does not open the secret, so that nothing was sent.</summary>
    public const string Gone = "410", Ok = "2xx", Closed = "secret";

    // Asked for anew with each call: a name that has moved into a network of the hub's own is not reached over an old connection either.
    private readonly OutwardConnections outward = new(options with { KeepConnections = TimeSpan.Zero });

    /// <summary>Names of the lines of the key file: of webhooks whose secret one of them sealed this node can make the calls.</summary>
    public string[] Seals => keys.Ids;

    public bool MayBe(string? url) => outward.MayBe(url);

    /// <returns><see cref="Ok"/>, or the status, or a code of why there was none.</returns>
    public async Task<string> TellAsync(Webhook webhook, CloudEvent told, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(told, LiaisonJson.Default.CloudEvent);
        var (now, id) = (clock.GetUtcNow(), told.Id.ToString());
        var secrets = webhook.Secrets(keys, now);
        if (secrets.Count == 0) return Closed;
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(CloudEvent.MediaType);
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", Signature.Of(secrets, id, now.ToUnixTimeSeconds(), body));
        try
        {
            using var response = await outward.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return response.IsSuccessStatusCode ? Ok : ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException failed)
        {
            return failed is ForbiddenNetworkException || failed.InnerException is ForbiddenNetworkException ? "network"
                : failed.InnerException is AuthenticationException ? "tls" : "unreachable";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "timeout";
        }
    }

    public void Dispose() => outward.Dispose();
}
