using System.Security.Claims;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Liaison.Members.OAuth;

/// <summary>
/// Device codes (RFC 8628) that wait for a person: the page at <c>/device</c> asks here whether a code that was typed in waits, and says
/// what the signed-in person decided.
/// </summary>
/// <remarks>Scoped: one request. A code is decided once, on whatever node.</remarks>
internal sealed class DeviceCodes(IOpenIddictServerFactory factory, IOpenIddictServerDispatcher dispatcher)
{
    /// <summary>Who asks with the code and since when, or null when it does not wait for a decision. Case and separators do not matter.</summary>
    public async Task<WaitingDevice?> FindAsync(string userCode, CancellationToken cancellation) =>
        (await ReadAsync(userCode, cancellation)).Person is { } asked
            ? new(asked.GetPresenters().FirstOrDefault() ?? "", asked.GetCreationDate() ?? default)
            : null;

    /// <summary>The device gets tokens of the account when it asks next.</summary>
    /// <returns>False when the code does not wait (any more).</returns>
    public async Task<bool> ApproveAsync(string userCode, string account, CancellationToken cancellation)
    {
        var (transaction, person) = await ReadAsync(userCode, cancellation);
        if (person is null) return false;
        var signIn = new ProcessSignInContext(transaction)
        {
            CancellationToken = cancellation, Principal = Identities.Of(account, Scopes.OfflineAccess), Response = new OpenIddictResponse(),
        };
        await dispatcher.DispatchAsync(signIn);
        return !signIn.IsRejected;
    }

    /// <summary>The device is told that the person refused.</summary>
    /// <returns>False when the code does not wait (any more).</returns>
    public async Task<bool> DenyAsync(string userCode, CancellationToken cancellation)
    {
        var (transaction, person) = await ReadAsync(userCode, cancellation);
        if (person is null) return false;
        var challenge = new ProcessChallengeContext(transaction) { CancellationToken = cancellation, Response = new OpenIddictResponse() };
        await dispatcher.DispatchAsync(challenge);
        return !challenge.IsRejected;
    }

    /// <summary>The steps that OpenIddict takes with a request to its verification endpoint, without the request.</summary>
    private async Task<(OpenIddictServerTransaction Transaction, ClaimsPrincipal? Person)> ReadAsync(string userCode, CancellationToken cancellation)
    {
        var transaction = await factory.CreateTransactionAsync();
        transaction.CancellationToken = cancellation;
        transaction.EndpointType = OpenIddictServerEndpointType.EndUserVerification;
        transaction.Request = new OpenIddictRequest { UserCode = userCode };
        // What comes of it is read by this hub only, which does not look at the issuer of its own tokens.
        transaction.BaseUri = transaction.Options.Issuer ?? new Uri("http://localhost/");
        var validation = new ValidateEndUserVerificationRequestContext(transaction) { CancellationToken = cancellation };
        await dispatcher.DispatchAsync(validation);
        return (transaction, validation.IsRejected ? null : validation.UserCodePrincipal);
    }

    /// <summary>There is no answer to write: the page is what the person sees.</summary>
    internal sealed class NoAnswer : IOpenIddictServerHandler<ApplyEndUserVerificationResponseContext>
    {
        public ValueTask HandleAsync(ApplyEndUserVerificationResponseContext context)
        {
            context.HandleRequest();
            return default;
        }
    }
}

/// <summary>A device that waits for a person.</summary>
/// <param name="Client">Its client id.</param>
/// <param name="AskedAt">When it asked.</param>
internal sealed record WaitingDevice(string Client, DateTimeOffset AskedAt);
