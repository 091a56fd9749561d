using System.Security.Cryptography;
using Liaison.Api;
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
    public static readonly TimeSpan AccessTokenLifetime = TimeSpan.FromMinutes(15);

    /// <summary>A shift. It is not lengthened by use, so that everybody signs in once a day.</summary>
    public static readonly TimeSpan RefreshTokenLifetime = TimeSpan.FromHours(12);

    /// <summary>An answer that got lost may be asked for again; later a refresh token that comes twice is taken for stolen.</summary>
    public static readonly TimeSpan RefreshTokenLeeway = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan DeviceCodeLifetime = TimeSpan.FromMinutes(10);

    public static void AddOAuth(this IServiceCollection services, Frontage frontage, bool isDevelopment)
    {
        services.AddSingleton<OAuthRoutes>();
        services.AddSingleton<FailedProofs>();
        services.AddSingleton<ProvedRequests>();
        services.AddSingleton<ActiveAccounts>();
        services.AddSingleton<UsedAssertions>();
        services.AddSingleton(s => Retention.Of(s.GetRequiredService<TimeProvider>()));
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
        routes.MapPost(Routes.Token, Run).OpenToAll("Who asks for a token proves in the request who it is");
        routes.MapPost(Routes.DeviceAuthorization, Run).OpenToAll("A device has no account yet; a person decides about it");
        routes.MapPost(Routes.Revocation, Run).OpenToAll("Who holds a token may give it back");
        routes.MapGet(Routes.AuthorizationServer, Run).OpenToAll("RFC 8414: where and how tokens are to be had");

        static Task Run(HttpContext http, OAuthRoutes oauth) => oauth.RunAsync(http);
    }

    private static void Configure(OpenIddictServerBuilder server, Frontage frontage, bool isDevelopment)
    {
        if (frontage.Address is { } address) server.SetIssuer(address);
        server.SetTokenEndpointUris(Routes.Token).SetDeviceAuthorizationEndpointUris(Routes.DeviceAuthorization).SetRevocationEndpointUris(Routes.Revocation)
            .SetEndUserVerificationEndpointUris(Routes.Device).SetConfigurationEndpointUris(Routes.AuthorizationServer)
            .SetJsonWebKeySetEndpointUris(Array.Empty<string>());
        server.AllowClientCredentialsFlow().AllowDeviceAuthorizationFlow().AllowRefreshTokenFlow();
        server.SetAccessTokenLifetime(AccessTokenLifetime).SetRefreshTokenLifetime(RefreshTokenLifetime).DisableSlidingRefreshTokenExpiration()
            .SetRefreshTokenReuseLeeway(RefreshTokenLeeway).SetDeviceCodeLifetime(DeviceCodeLifetime).SetUserCodeLifetime(DeviceCodeLifetime);
        server.EnableSelfSignedTlsClientAuthentication();
        if (frontage.CertificateAddress is { } certificates)
            server.SetMtlsTokenEndpointAliasUri(new Uri(certificates, Routes.Token)).SetMtlsRevocationEndpointAliasUri(new Uri(certificates, Routes.Revocation));
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
        server.RemoveEventHandler(OpenIddictServerHandlers.ValidateClientCertificate.Descriptor);
        server.AddEventHandler<ProcessAuthenticationContext>(h => h.UseSingletonHandler<ClientCertificates>()
            .AddFilter<OpenIddictServerHandlerFilters.RequireClientCertificate>().AddFilter<OpenIddictServerHandlerFilters.RequireClientIdParameter>()
            .SetOrder(OpenIddictServerHandlers.ValidateClientCertificate.Descriptor.Order));
        server.AddEventHandler<HandleTokenRequestContext>(h => h.UseSingletonHandler<TokenGrants>());
        server.AddEventHandler<ValidateTokenContext>(h => h.UseSingletonHandler<Revocations>()
            .SetOrder(OpenIddictServerHandlers.Protection.ValidateTokenEntry.Descriptor.Order - 1));
        server.AddEventHandler<HandleRevocationRequestContext>(h => h.UseSingletonHandler<Revocations>()
            .SetOrder(OpenIddictServerHandlers.Revocation.RevokeToken.Descriptor.Order - 1));
        const int AfterTheirs = int.MinValue + 200_000;
        server.AddEventHandler<ApplyTokenResponseContext>(h => h.UseSingletonHandler<Refusals>().SetOrder(AfterTheirs));
        server.AddEventHandler<ApplyDeviceAuthorizationResponseContext>(h => h.UseSingletonHandler<Refusals>().SetOrder(AfterTheirs));
        server.AddEventHandler<ApplyRevocationResponseContext>(h => h.UseSingletonHandler<Refusals>().SetOrder(AfterTheirs));
        server.AddEventHandler<ApplyEndUserVerificationResponseContext>(h => h.UseSingletonHandler<DeviceCodes.NoAnswer>().SetOrder(int.MinValue));
    }
}
