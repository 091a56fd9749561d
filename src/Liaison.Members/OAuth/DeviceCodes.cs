using System.Security.Claims;
using Liaison.Platform.Audit;
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
internal sealed class DeviceCodes(
    IOpenIddictServerFactory factory, IOpenIddictServerDispatcher dispatcher, ActiveAccounts accounts, AuditWriter audit, TimeProvider clock)
{
    /// <summary>True when the code waits for a decision. Case and separators do not matter.</summary>
    public async Task<bool> IsWaitingAsync(string userCode, CancellationToken cancellation) =>
        (await ReadAsync(userCode, cancellation)).Waiting is not null;

    /// <summary>The device gets tokens of the account when it asks next. Audited.</summary>
    /// <returns>False when the code does not wait (any more), or the account may not sign in now.</returns>
    public async Task<bool> ApproveAsync(string userCode, string account, CancellationToken cancellation)
    {
        var (transaction, waiting) = await ReadAsync(userCode, cancellation);
        if (waiting is null || !await AuditAsync(account, MemberEvents.DeviceApproved, cancellation)) return false;
        var signIn = new ProcessSignInContext(transaction)
        {
            CancellationToken = cancellation, Principal = Identities.Of(account, Scopes.OfflineAccess), Response = new OpenIddictResponse(),
        };
        await dispatcher.DispatchAsync(signIn);
        return !signIn.IsRejected;
    }

    /// <summary>The device is told that the person refused. Audited.</summary>
    /// <returns>False when the code does not wait (any more), or the account may not sign in now.</returns>
    public async Task<bool> DenyAsync(string userCode, string account, CancellationToken cancellation)
    {
        var (transaction, waiting) = await ReadAsync(userCode, cancellation);
        if (waiting is null || !await AuditAsync(account, MemberEvents.DeviceDenied, cancellation)) return false;
        var challenge = new ProcessChallengeContext(transaction) { CancellationToken = cancellation, Response = new OpenIddictResponse() };
        await dispatcher.DispatchAsync(challenge);
        return !challenge.IsRejected;
    }

    private async Task<bool> AuditAsync(string account, AuditEventKind kind, CancellationToken cancellation)
    {
        if (await accounts.FindAsync(account, ActiveAccounts.Person, cancellation) is not { } caller) return false;
        await audit.AppendAsync(AuditEntry.Of(caller, kind, "done", clock.GetUtcNow()), [], cancellation);
        return true;
    }

    /// <summary>The steps that OpenIddict takes with a request to its verification endpoint, without the request.</summary>
    private async Task<(OpenIddictServerTransaction Transaction, ClaimsPrincipal? Waiting)> ReadAsync(string userCode, CancellationToken cancellation)
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
