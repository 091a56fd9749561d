using System.Security.Claims;
using Liaison.Members.Storage;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Npgsql;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Liaison.Members.OAuth;

/// <summary>
/// Ends a sign-in when one of its tokens is given back, or when a refresh token comes twice; audited, and forgotten by every node. OpenIddict
/// would mark rows, and nodes that remember the caller would not learn of it.
/// </summary>
internal sealed class Revocations(NpgsqlDataSource database, ActiveAccounts accounts, TimeProvider clock)
    : IOpenIddictServerHandler<HandleRevocationRequestContext>, IOpenIddictServerHandler<ValidateTokenContext>
{
    /// <summary>RFC 7009: the client gives a token back.</summary>
    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        if (context.GenericTokenPrincipal is { } token) await EndAsync(token, MemberEvents.TokenRevoked, context.CancellationToken);
    }

    /// <summary>RFC 9700 section 4.14.2: a refresh token that was redeemed before is in two hands.</summary>
    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.Principal is { } token && token.HasTokenType(TokenTypeIdentifiers.RefreshToken) && await WasRedeemedAsync(token, context.CancellationToken))
            await EndAsync(token, MemberEvents.RefreshTokenReused, context.CancellationToken);
    }

    private async Task<bool> WasRedeemedAsync(ClaimsPrincipal token, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""SELECT "RedemptionDate" FROM members."OpenIddictTokens" WHERE "Id" = $1""");
        command.Parameters.Add(new() { Value = Guid.Parse(token.GetTokenId()!) });
        return await command.ExecuteScalarAsync(cancellation) is DateTime redeemed && redeemed + OAuthServer.RefreshTokenLeeway <= clock.GetUtcNow();
    }

    private async Task EndAsync(ClaimsPrincipal token, AuditEventKind kind, CancellationToken cancellation)
    {
        if (token.GetClaim(Claims.Subject) is not { } account || !Guid.TryParse(token.GetTokenId(), out var id)
            || await accounts.NamedAsync(account, cancellation) is not { } caller)
            return;
        await using var transaction = await WriteTransaction.BeginAsync(database, clock, cancellation);
        if (!await SignIns.RevokeAsync(transaction, account, id, cancellation)) return;
        transaction.Add(AuditEntry.Of(caller, kind, "done", transaction.At));
        await transaction.CommitAsync(AccessChanges.Module, cancellation);
    }
}
