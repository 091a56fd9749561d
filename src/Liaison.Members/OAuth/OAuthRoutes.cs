using Liaison.Api;
using Liaison.Platform.Access;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;

namespace Liaison.Members.OAuth;

/// <summary>
/// Hands a request to OpenIddict on its own routes only: authentication middleware would stand in the way of every search.
/// </summary>
internal sealed class OAuthRoutes(Frontage frontage, FailedProofs failures, RateLimits limits, TimeProvider clock)
{
    /// <summary>Assertions with a certificate chain are the longest that is sent.</summary>
    private const int LongestBody = 64 * 1024;

    private readonly NetworkRate devices = new(limits.Devices, clock);

    public async Task RunAsync(HttpContext http)
    {
        var from = http.Connection.RemoteIpAddress;
        // Routing and OpenIddict take a slash at the end too.
        var path = new PathString(http.Request.Path.Value!.TrimEnd('/'));
        if (path == Routes.DeviceAuthorization && !devices.Take(from))
        {
            await SlowAsync(http, "Too many devices asked to be let in, from your network. Wait a minute.");
            return;
        }

        // Without an address of its own the hub would take its name from the request, and an assertion that was made out to another hub,
        // which got it, could be shown here with that hub's name.
        if (frontage.Address is null && !Frontage.IsLoopback(http.Request.Host.Host))
        {
            await Answers.Problem(PlatformProblems.NotFound, "Tokens are given at the hub's public address, and none is set: LIAISON_ADDRESS.")
                .ExecuteAsync(http);
            return;
        }

        // What the server says of itself has the public name, whichever way the request came.
        if (frontage.Address is { } address) (http.Request.Scheme, http.Request.Host) = (address.Scheme, new(address.Authority));
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = LongestBody;
        var malformed = await OAuthForm.RefuseAsync(http, LongestBody);
        var client = malformed is null && http.Features.Get<IFormFeature>()?.Form is { } form ? OAuthForm.ClientOf(form) : null;
        http.Features.Set(new OAuthCall(client, clock.GetTimestamp()));
        if (failures.IsFull(from, client))
        {
            await SlowAsync(http, "Too many attempts to sign in that failed, from your network. Wait a minute.");
            return;
        }

        if (malformed is not null)
        {
            failures.Failed(from, client);
            var answer = new TokenAnswer { Error = OpenIddictConstants.Errors.InvalidRequest, ErrorDescription = malformed };
            await Answers.Json(answer, LiaisonJson.Default.TokenAnswer, StatusCodes.Status400BadRequest).ExecuteAsync(http);
            return;
        }

        PageHeaders.ApplyToData(http);
        var handlers = http.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        var server = (IAuthenticationRequestHandler)(await handlers.GetHandlerAsync(http, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme))!;
        if (!await server.HandleRequestAsync()) http.Response.StatusCode = StatusCodes.Status404NotFound;
        if (client is not null && path == Routes.Token && http.Response.StatusCode == StatusCodes.Status200OK) failures.Proved(from, client);
    }

    public static Task SlowAsync(HttpContext http, string why)
    {
        http.Response.Headers.RetryAfter = "60";
        return Answers.Problem(PlatformProblems.TooManyRequests, why).ExecuteAsync(http);
    }
}

/// <summary>What is known of a request before its proof is looked at.</summary>
/// <param name="Client">Whom it names, which anybody can; null when it names nobody.</param>
/// <param name="Began">
/// Timestamp of the clock when all of it had come. Before that nothing depends on what it says; and whoever sent the body slowly would have the
/// time of a failure over before anything was looked at, if it counted from the first byte.
/// </param>
internal sealed record OAuthCall(string? Client, long Began);
