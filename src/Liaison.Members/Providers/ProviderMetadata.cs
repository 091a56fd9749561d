using System.Collections.Concurrent;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Liaison.Members.Providers;

/// <summary>What providers say of themselves (OpenID Connect Discovery), remembered for hours, and read again for a key that is not known.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProviderMetadata(ProviderConnections connections)
{
    private readonly ConcurrentDictionary<string, ConfigurationManager<OpenIdConnectConfiguration>> byIssuer = new(StringComparer.Ordinal);

    public ConfigurationManager<OpenIdConnectConfiguration> Of(string issuer) => byIssuer.GetOrAdd(issuer, i =>
        new(i.TrimEnd('/') + "/.well-known/openid-configuration", new Checked(i, connections),
            // ProviderConnections knows where plain HTTP may go.
            new HttpDocumentRetriever(connections.Client) { RequireHttps = false })
        {
            // A key that the provider took back must not live on.
            UseLastKnownGoodConfiguration = false,
        });

    private sealed class Checked(string issuer, ProviderConnections connections) : IConfigurationRetriever<OpenIdConnectConfiguration>
    {
        public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel)
        {
            var read = await OpenIdConnectConfigurationRetriever.GetAsync(address, retriever, cancel);
            // OpenID Connect Discovery section 4.3: exactly, or it speaks for somebody else.
            if (read.Issuer != issuer) throw new InvalidOperationException("The provider's issuer is not the registered one.");
            if (!connections.MayBe(read.AuthorizationEndpoint) || !connections.MayBe(read.TokenEndpoint))
                throw new InvalidOperationException("The provider's endpoints are not https.");
            return read;
        }
    }
}
