using System.Security.Cryptography;
using Liaison.Members.Storage;
using Liaison.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Liaison.Members.OAuth;

/// <summary>
/// How a system account proves who it is: its keys or certificate, and in Development a secret. Whoever calls it says so in the audit of the
/// same transaction (<see cref="MemberEvents.ClientChanged"/>).
/// </summary>
/// <remarks>Scoped, and for one transaction.</remarks>
internal sealed class SystemClients(IOpenIddictApplicationManager applications, SignInContext context)
{
    /// <summary>
    /// Replaces what the account had. To change keys without a gap, set the old and the new one together, let the system change, and set the
    /// new one alone. Tokens that were given on a key that is gone run out by themselves, within fifteen minutes.
    /// </summary>
    public Task SetKeysAsync(WriteTransaction transaction, string account, ClientKeys keys, CancellationToken cancellation) =>
        SetAsync(transaction, account, keys, null, cancellation);

    /// <summary>A secret of 256 random bits, told once. The token endpoint takes secrets in Development only.</summary>
    public async Task<string> SetSecretAsync(WriteTransaction transaction, string account, CancellationToken cancellation)
    {
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        await SetAsync(transaction, account, null, secret, cancellation);
        return secret;
    }

    /// <summary>The account cannot get tokens any more, and those that it has are revoked.</summary>
    public static async Task RemoveAsync(WriteTransaction transaction, string account, CancellationToken cancellation)
    {
        await SignIns.RevokeAllAsync(transaction, account, cancellation);
        await using var remove = new NpgsqlCommand(
            """UPDATE members."OpenIddictApplications" SET "JsonWebKeySet" = NULL, "ClientSecret" = NULL, "ConcurrencyToken" = $2 WHERE "ClientId" = $1""",
            transaction.Connection)
        {
            Parameters = { new() { Value = account }, new() { Value = Guid.NewGuid().ToString() } },
        };
        await remove.ExecuteNonQueryAsync(cancellation);
    }

    private async Task SetAsync(WriteTransaction transaction, string account, ClientKeys? keys, string? secret, CancellationToken cancellation)
    {
        // The library's store works in the caller's transaction, so that keys and their audit entry are durable together.
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        context.Database.SetDbConnection(transaction.Connection);
        var descriptor = new OpenIddictApplicationDescriptor
        {
            ClientId = account,
            ClientType = ClientTypes.Confidential,
            ClientSecret = secret,
            JsonWebKeySet = keys is null ? null : new(keys.Json),
            Permissions = { Permissions.Endpoints.Token, Permissions.Endpoints.Revocation, Permissions.GrantTypes.ClientCredentials },
        };
        if (await applications.FindByClientIdAsync(account, cancellation) is { } known) await applications.UpdateAsync(known, descriptor, cancellation);
        else await applications.CreateAsync(descriptor, cancellation);
    }
}
