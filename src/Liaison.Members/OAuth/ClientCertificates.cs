using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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
    private const string AnyUse = "2.5.29.37.0", ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>RFC 5280 sections 4.2.1.3 and 4.2.1.12: a certificate that says what it is for is used for nothing else.</summary>
    public static bool IsForClients(X509Certificate2 certificate)
    {
        var use = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        var extended = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
        return (use is null || (use.KeyUsages & X509KeyUsageFlags.DigitalSignature) != 0)
            && (extended is null || extended.EnhancedKeyUsages.Cast<Oid>().Any(o => o.Value is AnyUse or ClientAuthentication));
    }

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
        if (keys is null || !keys.Keys.Any(k => k.X5c.Contains(shown)) || !IsForClients(certificate) || now < certificate.NotBefore || now > certificate.NotAfter)
            context.Reject(Errors.InvalidClient);
    }
}
