using System.Security.Cryptography;
using Liaison.Members.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Liaison.Members.OAuth;

/// <summary>The OAuth 2.0 server of the hub (docs/adr/0013-oauth-server.md): OpenIddict, told what this hub allows.</summary>
internal static class OAuthServer
{
    public const string TokenPath = "/connect/token", DevicePath = "/connect/device", RevocationPath = "/connect/revoke",
        VerificationPath = "/device", DiscoveryPath = "/.well-known/oauth-authorization-server";

    /// <summary>The command line's client id. No account can have it, because names of accounts have no capitals.</summary>
    public const string CommandLine = "Liaison.Cli";

    public static readonly TimeSpan AccessTokenLifetime = TimeSpan.FromMinutes(15);

    /// <summary>A shift. It is not lengthened by use, so that everybody signs in once a day.</summary>
    public static readonly TimeSpan RefreshTokenLifetime = TimeSpan.FromHours(12);

    /// <summary>An answer that got lost may be asked for again; later a refresh token that comes twice is taken for stolen.</summary>
    public static readonly TimeSpan RefreshTokenLeeway = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan DeviceCodeLifetime = TimeSpan.FromMinutes(10);

    public static void AddOAuth(this IServiceCollection services, Frontage frontage, bool isDevelopment)
    {
        services.AddSingleton<OAuthRoutes>();
        services.AddSingleton<ActiveAccounts>();
        services.AddSingleton<UsedAssertions>();
        services.AddScoped<DeviceCodes>();
        services.AddScoped<SystemClients>();
        services.AddDataProtection().SetApplicationName("Liaison");
        SharedKeys.Use(services);
        services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<SignInContext>().ReplaceDefaultEntities<Guid>())
            .AddServer(server => Configure(server, frontage, isDevelopment));
    }

    public static void MapOAuth(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("").ExcludeFromDescription();
        routes.MapPost(TokenPath, Run).OpenToAll("Who asks for a token proves in the request who it is");
        routes.MapPost(DevicePath, Run).OpenToAll("A device has no account yet; a person decides about it");
        routes.MapPost(RevocationPath, Run).OpenToAll("Who holds a token may give it back");
        routes.MapGet(DiscoveryPath, Run).OpenToAll("RFC 8414: where and how tokens are to be had");

        static Task Run(HttpContext http, OAuthRoutes oauth) => oauth.RunAsync(http);
    }

    private static void Configure(OpenIddictServerBuilder server, Frontage frontage, bool isDevelopment)
    {
        if (frontage.Address is { } address) server.SetIssuer(address);
        server.SetTokenEndpointUris(TokenPath).SetDeviceAuthorizationEndpointUris(DevicePath).SetRevocationEndpointUris(RevocationPath)
            .SetEndUserVerificationEndpointUris(VerificationPath).SetConfigurationEndpointUris(DiscoveryPath)
            .SetJsonWebKeySetEndpointUris(Array.Empty<string>());
        server.AllowClientCredentialsFlow().AllowDeviceAuthorizationFlow().AllowRefreshTokenFlow();
        server.SetAccessTokenLifetime(AccessTokenLifetime).SetRefreshTokenLifetime(RefreshTokenLifetime).DisableSlidingRefreshTokenExpiration()
            .SetRefreshTokenReuseLeeway(RefreshTokenLeeway).SetDeviceCodeLifetime(DeviceCodeLifetime).SetUserCodeLifetime(DeviceCodeLifetime);
        server.UseReferenceAccessTokens().UseReferenceRefreshTokens();

        // OpenIddict wants keys of its own. Nothing ever leaves the hub with them: access and refresh tokens are names of rows, whose content
        // Data Protection seals, and there are no id tokens. So they live as long as the process.
        server.AddSigningKey(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)));
        server.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
        server.UseDataProtection();

        // The hub's own rule about TLS (Frontage) knows proxies and loopback; OpenIddict's does not.
        server.UseAspNetCore().DisableTransportSecurityRequirement();
        server.Configure(o =>
        {
            o.Scopes.Clear();
            o.Scopes.Add(Scopes.OfflineAccess);
        });
        if (!isDevelopment) server.Services.PostConfigure<OpenIddictServerOptions>(RefuseSecrets);
        AddHandlers(server);
    }

    /// <summary>A secret that is sent can be copied on its way and at both ends; keys and certificates are not sent.</summary>
    private static void RefuseSecrets(OpenIddictServerOptions options)
    {
        options.ClientAuthenticationMethods.Remove(ClientAuthenticationMethods.ClientSecretBasic);
        options.ClientAuthenticationMethods.Remove(ClientAuthenticationMethods.ClientSecretPost);
    }

    private static void AddHandlers(OpenIddictServerBuilder server)
    {
        server.AddEventHandler<ValidateTokenContext>(h => h.UseSingletonHandler<AssertionForm>()
            .SetOrder(OpenIddictServerHandlers.Protection.ResolveTokenValidationParameters.Descriptor.Order + 1));
        server.AddEventHandler<ProcessAuthenticationContext>(h => h.UseSingletonHandler<AssertionOnce>()
            .SetOrder(OpenIddictServerHandlers.ValidateClientAssertionIssuer.Descriptor.Order + 1));
        server.AddEventHandler<HandleTokenRequestContext>(h => h.UseSingletonHandler<TokenGrants>());
        server.AddEventHandler<ApplyEndUserVerificationResponseContext>(h => h.UseSingletonHandler<DeviceCodes.NoAnswer>().SetOrder(int.MinValue));
    }
}
