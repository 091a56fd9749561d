using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Liaison.Members.Domain;
using Liaison.Members.OAuth;
using Liaison.Members.SignIn;
using Liaison.Members.Storage;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Liaison.Members.Providers;

/// <summary>What came back from a provider.</summary>
/// <param name="Intent">What the person had set out to do; null when the answer was to nothing that this browser was sent for.</param>
/// <param name="Subject">Who it is there; null when it is nobody.</param>
/// <param name="ProvedAt">When the person proved it there.</param>
/// <param name="Refusal">Why it is nobody, for the operator.</param>
internal sealed record ProviderAnswer(ProviderIntent? Intent, string? Subject, DateTimeOffset ProvedAt, string? Refusal);

/// <summary>
/// The authorization code flow of OpenID Connect with PKCE, by the handler of ASP.NET Core, which is made for one request from a provider's row: no
/// scheme is registered, no middleware runs before other routes.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProviderClient(
    ProviderMetadata metadata, ProviderConnections connections, ProviderKeys keys, IDataProtectionProvider protection, UsedAssertions used,
    Frontage frontage, TimeProvider clock)
{
    /// <summary>The name under which used states stand beside used assertions: no account may be called so.</summary>
    private const string UsedAs = "Provider";

    /// <summary>As long as a session at most: whoever proved itself there longer ago does so again.</summary>
    private static readonly TimeSpan OldestProof = Sessions.AtMost;

    private const int LongestQuery = 8 * 1024;

    /// <summary>The hub's public key for the provider, as a key set.</summary>
    public string PublicSet(ProviderRow provider) => keys.PublicSet(provider);

    /// <summary>Sends the browser to the provider; false when that is not possible now.</summary>
    public async Task<bool> StartAsync(HttpContext http, ProviderRow provider, ProviderIntent intent)
    {
        if (Origin(http) is not { } origin) return false;
        try
        {
            var handler = await MakeAsync(http, provider, new()
            {
                OnRedirectToIdentityProvider = context =>
                {
                    var message = context.ProtocolMessage;
                    message.RedirectUri = origin + ProviderPaths.Back(provider.Now.Code);
                    message.MaxAge = (intent.IsFresh ? 0 : (long)OldestProof.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                    if (intent.IsFresh) message.Prompt = OpenIdConnectPrompt.Login;
                    if (provider.Now.Acr.Count > 0) message.AcrValues = string.Join(' ', provider.Now.Acr);
                    return Task.CompletedTask;
                },
            });
            await handler.ChallengeAsync(intent.Seal());
            return true;
        }
        catch (Exception away) when (away is InvalidOperationException or IOException or HttpRequestException or OperationCanceledException
            && !http.RequestAborted.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Takes the answer that the browser brings back, once.</summary>
    public async Task<ProviderAnswer> FinishAsync(HttpContext http, ProviderRow provider)
    {
        if (http.Request.QueryString.Value?.Length > LongestQuery || http.Request.Query.Any(q => q.Value.Count != 1)) return Refused("malformed");
        ProviderAnswer? answer = null;
        var handler = await MakeAsync(http, provider, new()
        {
            OnMessageReceived = context => RequireIssuerAsync(context, provider),
            OnAuthorizationCodeReceived = context => ProveAsync(context, provider),
            OnTicketReceived = async context =>
            {
                answer = await JudgeAsync(context.Principal!, context.Properties!, provider, http.RequestAborted);
                context.HandleResponse();
            },
            OnAccessDenied = context =>
            {
                answer = Refused("denied", context.Properties);
                context.HandleResponse();
                return Task.CompletedTask;
            },
            OnRemoteFailure = context =>
            {
                // Of its message nothing is kept: the provider wrote part of it.
                answer = Refused(context.Failure?.GetType().Name ?? "failed", context.Properties);
                context.HandleResponse();
                return Task.CompletedTask;
            },
        });
        await handler.HandleRequestAsync();
        return answer ?? Refused("unanswered");
    }

    /// <summary>RFC 9207 section 2.4, against mix-up of providers.</summary>
    private async Task RequireIssuerAsync(MessageReceivedContext context, ProviderRow provider)
    {
        var named = context.Request.Query["iss"].ToString();
        var said = await metadata.Of(provider.Now.Issuer).GetConfigurationAsync(context.HttpContext.RequestAborted);
        if ((named.Length > 0 || said.AuthorizationResponseIssParameterSupported) && named != provider.Now.Issuer) context.Fail("iss");
    }

    private async Task ProveAsync(AuthorizationCodeReceivedContext context, ProviderRow provider)
    {
        var request = context.TokenEndpointRequest!;
        if (provider.Now.Authentication == "secret")
        {
            request.ClientSecret = await keys.SecretAsync(provider, context.HttpContext.RequestAborted);
            if (request.ClientSecret is null) context.Fail("no secret");
            return;
        }

        request.ClientSecret = null;
        request.ClientAssertionType = ProviderKeys.AssertionType;
        request.ClientAssertion = keys.Assertion(provider);
    }

    private async Task<ProviderAnswer> JudgeAsync(
        ClaimsPrincipal person, AuthenticationProperties properties, ProviderRow provider, CancellationToken cancellation)
    {
        var (intent, now) = (ProviderIntent.Open(properties), clock.GetUtcNow());
        var claims = ProviderTokens.Read(person);
        var demands = new ProviderDemands(provider.Now.ClientId, provider.Now.Acr, provider.Now.Amr, intent.IsFresh ? intent.BegunAt : now - OldestProof);
        var refusal = intent.BegunAt + ProviderIntent.Patience < now ? "tooLate" : ProviderRules.Refuse(claims, demands, now);
        if (refusal is null && !await used.TakeAsync(UsedAs, intent.Id, intent.BegunAt + ProviderIntent.Patience, cancellation)) refusal = "usedBefore";
        if (refusal is not null) return new(intent, null, default, refusal);
        return new(intent, claims.Subject, claims.AuthenticatedAt!.Value < now ? claims.AuthenticatedAt.Value : now, null);
    }

    private async Task<OpenIdConnectHandler> MakeAsync(HttpContext http, ProviderRow provider, OpenIdConnectEvents events)
    {
        var options = new OpenIdConnectOptions
        {
            ClientId = provider.Now.ClientId, ResponseType = OpenIdConnectResponseType.Code, ResponseMode = OpenIdConnectResponseMode.Query,
            UsePkce = true, MapInboundClaims = false, SaveTokens = false, GetClaimsFromUserInfoEndpoint = false, DisableTelemetry = true,
            // A provider that is asked in advance is asked by the hub itself once more than needed.
            PushedAuthorizationBehavior = PushedAuthorizationBehavior.Disable,
            CallbackPath = ProviderPaths.Back(provider.Now.Code), SignInScheme = "none", Backchannel = connections.Client,
            ConfigurationManager = metadata.Of(provider.Now.Issuer), RemoteAuthenticationTimeout = ProviderIntent.Patience, TimeProvider = clock,
            TokenHandler = ProviderTokens.Handler(), CorrelationCookie = Cookie(http, "provider"), NonceCookie = Cookie(http, "provider-nonce"), Events = events,
            TokenValidationParameters = ProviderTokens.Rules(provider.Now.Issuer, provider.Now.ClientId, provider.Now.Algorithms, clock),
        };
        options.Scope.Clear();
        options.Scope.Add(OpenIdConnectScope.OpenId);
        options.ClaimActions.Clear();
        // The name parts what it seals: the state of one provider is none of another.
        var name = provider.Id.ToString("N");
        new OpenIdConnectPostConfigureOptions(protection).PostConfigure(name, options);
        var handler = new OpenIdConnectHandler(new Only(options), NullLoggerFactory.Instance, HtmlEncoder.Default, UrlEncoder.Default);
        await handler.InitializeAsync(new(name, null, typeof(OpenIdConnectHandler)), http);
        return handler;
    }

    /// <summary>The provider leads back from its own site, so that only a lax cookie comes along. It is of no use but for that.</summary>
    private static CookieBuilder Cookie(HttpContext http, string name) => new()
    {
        Name = (http.Request.IsHttps ? "__Host-liaison-" : "liaison-") + name + ".", HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true,
        SecurePolicy = CookieSecurePolicy.SameAsRequest, Expiration = ProviderIntent.Patience,
    };

    /// <summary>Of the hub, as the browser sees it. Without an address of its own the hub is reached on loopback only.</summary>
    private string? Origin(HttpContext http) => frontage.Address?.GetLeftPart(UriPartial.Authority)
        ?? (Frontage.IsLoopback(http.Request.Host.Host) ? $"{http.Request.Scheme}://{http.Request.Host}" : null);

    private static ProviderAnswer Refused(string why, AuthenticationProperties? properties = null) =>
        new(properties?.Items.ContainsKey("id") is true ? ProviderIntent.Open(properties) : null, null, default, why);

    private sealed class Only(OpenIdConnectOptions options) : IOptionsMonitor<OpenIdConnectOptions>
    {
        public OpenIdConnectOptions CurrentValue => options;

        public OpenIdConnectOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<OpenIdConnectOptions, string?> listener) => null;
    }
}
