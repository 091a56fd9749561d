using Microsoft.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Liaison.Members.OAuth;

/// <summary>
/// A system that shows a certificate instead of an assertion (RFC 8705 section 2.2): it must be one that the account registered, byte for
/// byte, whoever issued it, and be valid today. OpenIddict's own look takes RSA certificates only.
/// </summary>
internal sealed class ClientCertificates(TimeProvider clock) : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (context.ClientAssertionPrincipal is not null || !string.IsNullOrEmpty(context.ClientSecret)) return;
        var applications = context.Transaction.GetHttpRequest()!.HttpContext.RequestServices.GetRequiredService<IOpenIddictApplicationManager>();
        var certificate = context.Transaction.RemoteCertificate!;
        // Persons' clients prove nothing, with or without one.
        if (await applications.FindByClientIdAsync(context.ClientId!, context.CancellationToken) is not { } client
            || await applications.HasClientTypeAsync(client, ClientTypes.Public, context.CancellationToken))
            return;
        var now = clock.GetUtcNow();
        var keys = await applications.GetJsonWebKeySetAsync(client, context.CancellationToken);
        var shown = Convert.ToBase64String(certificate.RawData);
        if (keys is null || !keys.Keys.Any(k => k.X5c.Contains(shown)) || now < certificate.NotBefore || now > certificate.NotAfter)
            context.Reject(Errors.InvalidClient);
    }
}
