using System.Security.Cryptography;
using System.Text;
using Liaison.Members.Domain;
using Liaison.Platform.Data;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>
/// Keys of authenticator apps and recovery codes. Not Identity's own, which keeps both in the clear and takes a code twice.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Authenticators(NpgsqlDataSource database, IDataProtectionProvider protection, TimeProvider clock)
{
    private const int RecoveryCodes = 8;

    /// <summary>OWASP ASVS 5: from 112 bits on a plain hash will do (6.5.2), and a secret has 128 (11.5.1).</summary>
    private const int RecoveryCodeBytes = 16;

    private readonly IDataProtector protector = protection.CreateProtector("Liaison.Members.Authenticator");

    /// <summary>Null when the account has none.</summary>
    /// <returns>The step of time that a code belongs to, if it is one of the account's authenticator.</returns>
    public async Task<long?> StepOfAsync(string account, string code, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT key FROM members.authenticator WHERE account = $1");
        command.Parameters.Add(new() { Value = account });
        return await command.ExecuteScalarAsync(cancellation) is string sealedKey
            ? Totp.StepOf(Convert.FromBase64String(protector.Unprotect(sealedKey)), code, clock.GetUtcNow())
            : null;
    }

    public async Task<bool> HasOneAsync(string account, CancellationToken cancellation) =>
        await CountAsync("SELECT count(*) FROM members.authenticator WHERE account = $1", account, cancellation) > 0;

    public Task<long> RecoveryCodesLeftAsync(string account, CancellationToken cancellation) =>
        CountAsync("SELECT count(*) FROM members.recovery_code WHERE account = $1", account, cancellation);

    /// <summary>Uses a step of time up; false when it, or a later one, was used before: RFC 6238 section 5.2.</summary>
    public async Task<bool> UseAsync(string account, long step, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("UPDATE members.authenticator SET last_step = $2 WHERE account = $1 AND last_step < $2");
        command.Parameters.Add(new() { Value = account });
        command.Parameters.Add(new() { Value = step });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <summary>Uses a recovery code up; false when it is none of the account's, or was used before.</summary>
    public async Task<bool> UseRecoveryCodeAsync(string account, string code, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("DELETE FROM members.recovery_code WHERE account = $1 AND code_hash = $2");
        command.Parameters.Add(new() { Value = account });
        command.Parameters.Add(new() { Value = HashOf(account, code) });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <param name="transaction">The change that it belongs to.</param>
    /// <param name="account">Whose.</param>
    /// <param name="key">The new secret; the old one is void.</param>
    /// <param name="step">Of the code that proved it: it is used.</param>
    /// <param name="cancellation">Of the request.</param>
    public async Task SetAsync(WriteTransaction transaction, string account, byte[] key, long step, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO members.authenticator (account, key, last_step, made_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (account) DO UPDATE SET key = excluded.key, last_step = excluded.last_step, made_at = excluded.made_at
            """, transaction.Connection)
        {
            Parameters =
            {
                new() { Value = account }, new() { Value = protector.Protect(Convert.ToBase64String(key)) }, new() { Value = step },
                new() { Value = transaction.At },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Forgets authenticator and recovery codes.</summary>
    public static async Task RemoveAsync(WriteTransaction transaction, string account, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection)
        {
            BatchCommands =
            {
                new("DELETE FROM members.authenticator WHERE account = $1") { Parameters = { new() { Value = account } } },
                new("DELETE FROM members.recovery_code WHERE account = $1") { Parameters = { new() { Value = account } } },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>New recovery codes; the old ones are void.</summary>
    /// <returns>To be shown once.</returns>
    public static async Task<IReadOnlyList<string>> MakeRecoveryCodesAsync(WriteTransaction transaction, string account, CancellationToken cancellation)
    {
        string[] codes = [.. Enumerable.Range(0, RecoveryCodes).Select(_ => Base32.Encode(RandomNumberGenerator.GetBytes(RecoveryCodeBytes)))];
        await using var batch = new NpgsqlBatch(transaction.Connection)
        {
            BatchCommands =
            {
                new("DELETE FROM members.recovery_code WHERE account = $1") { Parameters = { new() { Value = account } } },
                new("INSERT INTO members.recovery_code (account, code_hash) SELECT $1, unnest($2)")
                {
                    Parameters = { new() { Value = account }, new() { Value = codes.Select(c => HashOf(account, c)).ToArray() } },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
        return [.. codes.Select(Base32.Grouped)];
    }

    private async Task<long> CountAsync(string sql, string account, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = account });
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static byte[] HashOf(string account, string code) => SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{account} {code.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant()}"));
}
