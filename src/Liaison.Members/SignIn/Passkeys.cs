using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Liaison.Members.OAuth;
using Liaison.Members.Storage;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace Liaison.Members.SignIn;

/// <summary>What a browser is asked for, and what the hub must remember until it answers, sealed.</summary>
/// <param name="Options">JSON of WebAuthn.</param>
/// <param name="State">Comes back with the answer.</param>
internal sealed record Ceremony(string Options, string State);

/// <summary>WebAuthn through Identity's handler. What it must remember goes through the form, sealed and for minutes, and works once.</summary>
/// <remarks>Belongs to one request.</remarks>
internal sealed class Passkeys(
    PasskeyHandler<Person> handler, IDataProtectionProvider protection, UsedAssertions used, TimeProvider clock)
{
    /// <summary>The name under which used challenges stand beside used assertions: no account may be called so.</summary>
    private const string UsedAs = "Passkey";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <param name="http">The request.</param>
    /// <param name="person">Id of the person, which may not exist yet.</param>
    /// <param name="account">Its name.</param>
    /// <param name="title">What the authenticator shows.</param>
    public async Task<Ceremony> AskForNewAsync(HttpContext http, Guid person, string account, string title)
    {
        var asked = await handler.MakeCreationOptionsAsync(
            new() { Id = person.ToString(), Name = account, DisplayName = title }, http);
        return new(asked.CreationOptionsJson, Seal("new", asked.AttestationState!));
    }

    /// <summary>The passkey that the browser made and the person it was made for, or null when the answer is not right.</summary>
    public async Task<(UserPasskeyInfo Passkey, Guid Person)?> TakeNewAsync(HttpContext http, string state, string credential, string account)
    {
        if (Open("new", state) is not { } attestation) return null;
        var result = await handler.PerformAttestationAsync(
            new() { HttpContext = http, CredentialJson = credential, AttestationState = attestation });
        return result.Succeeded && result.UserEntity.Name == account && await UseAsync(state, http.RequestAborted)
            ? (result.Passkey, Guid.Parse(result.UserEntity.Id))
            : null;
    }

    /// <summary>Asks for any passkey of this hub, so that nothing tells whether a name is known.</summary>
    public async Task<Ceremony> AskAsync(HttpContext http)
    {
        var asked = await handler.MakeRequestOptionsAsync(null, http);
        return new(asked.RequestOptionsJson, Seal("get", asked.AssertionState!));
    }

    /// <summary>Who answered, and the passkey with its new counter, or null when the answer is not right.</summary>
    public async Task<(Person Person, UserPasskeyInfo Passkey)?> TakeAsync(HttpContext http, string state, string credential)
    {
        if (Open("get", state) is not { } assertion) return null;
        var result = await handler.PerformAssertionAsync(
            new() { HttpContext = http, CredentialJson = credential, AssertionState = assertion });
        return result.Succeeded && await UseAsync(state, http.RequestAborted) ? (result.User, result.Passkey) : null;
    }

    /// <summary>
    /// WebAuthn section 13.4.9: only the page that was asked. Not by the header Origin, which a browser withholds where no referrer is sent.
    /// Without an address of its own the hub is reached on loopback only, and takes no other name from a request.
    /// </summary>
    public static bool IsOwnOrigin(PasskeyOriginValidationContext asked, Frontage frontage)
    {
        var request = asked.HttpContext.Request;
        var own = frontage.Address?.GetLeftPart(UriPartial.Authority)
            ?? (Frontage.IsLoopback(request.Host.Host) ? $"{request.Scheme}://{request.Host}" : null);
        return !asked.CrossOrigin && asked.Origin == own;
    }

    private string Seal(string purpose, string state) =>
        protection.CreateProtector("Liaison.Members.Passkeys", purpose).ToTimeLimitedDataProtector().Protect(state, Patience);

    private string? Open(string purpose, string state)
    {
        try
        {
            return protection.CreateProtector("Liaison.Members.Passkeys", purpose).ToTimeLimitedDataProtector().Unprotect(state);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private Task<bool> UseAsync(string state, CancellationToken cancellation) => used.TakeAsync(
        UsedAs, Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(state))), clock.GetUtcNow() + Patience, cancellation);
}
