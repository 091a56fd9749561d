using Liaison.Members.Domain;
using Liaison.Platform.Audit;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>
/// Name, password and a code, judged together: never the password alone. What was wrong stands in the audit, not in the answer.
/// </summary>
/// <remarks>Belongs to one request.</remarks>
internal sealed class PasswordSignIn(
    People people, Authenticators authenticators, Throttle throttle, AuditWriter audit, NpgsqlDataSource database, TimeProvider clock)
{
    private const int LongestName = 64;

    /// <summary>A recovery code is longer than any code of an authenticator.</summary>
    private const int LongestCode = 8;

    /// <returns>Who came in and how, or null.</returns>
    public async Task<(SignInAccount Account, string How)?> TryAsync(HttpContext http, string name, string password, string code)
    {
        var cancellation = http.RequestAborted;
        name = name.Trim().ToLowerInvariant();
        var excess = await throttle.ExcessAsync(name, http.Connection.RemoteIpAddress, cancellation);
        var account = name.Length <= LongestName ? await SignInAccount.FindAsync(database, name, cancellation) : null;
        // Whoever asks too often gets the answer of everybody who fails, and the hub does no work for it: one line in the audit, not one each.
        if (excess > 0) return await FailAsync(excess == 1 ? account : null, "tooManyAttempts", cancellation);

        var person = account is null ? null : await people.FindAsync(account.Name);
        var isPassword = password.Length <= PasswordRules.Longest && await people.IsPasswordAsync(person, PasswordRules.Normalise(password));
        var step = await authenticators.StepOfAsync(account?.Name ?? "", code, cancellation);
        if (account is null || !isPassword) return await FailAsync(account, "wrongPassword", cancellation);
        if (!account.MaySignIn) return await FailAsync(account, "notActive", cancellation);

        string how;
        if (step is { } right)
        {
            if (!await authenticators.UseAsync(account.Name, right, cancellation)) return await FailAsync(account, "codeUsed", cancellation);
            how = Proof.Password;
        }
        else
        {
            if (code.Length <= LongestCode || !await authenticators.UseRecoveryCodeAsync(account.Name, code, cancellation))
                return await FailAsync(account, "wrongCode", cancellation);
            how = Proof.RecoveryCode;
        }

        await throttle.ForgetAsync(name, cancellation);
        await audit.AppendAsync(new Act(account.Caller, SignInEvents.SignedIn).Entry(how, clock.GetUtcNow()), [], cancellation);
        return (account, how);
    }

    private async Task<(SignInAccount, string)?> FailAsync(SignInAccount? account, string reason, CancellationToken cancellation)
    {
        if (account is not null)
            await audit.AppendAsync(new Act(account.Caller, MemberEvents.SignInFailed).Entry(reason, clock.GetUtcNow()), [], cancellation);
        return null;
    }
}
