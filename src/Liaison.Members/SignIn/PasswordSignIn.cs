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
        var excess = await throttle.ExcessAsync(Proof.Password, name, http.Connection.RemoteIpAddress, cancellation);
        var account = IsName(name) ? await SignInAccount.FindAsync(database, name, cancellation) : null;
        // Whoever asks too often gets the answer of everybody who fails, and the hub does no work for it: one line in audit and log, not one each.
        if (excess > 1) return null;
        if (excess > 0) return await FailAsync(http, account, "tooManyAttempts");

        var person = account is null ? null : await people.FindAsync(account.Name);
        var isPassword = password.Length <= PasswordRules.Longest && await people.IsPasswordAsync(person, PasswordRules.Normalise(password));
        var step = await authenticators.StepOfAsync(account?.Name ?? "", code, cancellation);
        if (account is null || !isPassword) return await FailAsync(http, account, "wrongPassword");
        if (!account.MaySignIn) return await FailAsync(http, account, "notActive");

        string how;
        if (step is { } right)
        {
            if (!await authenticators.UseAsync(account.Name, right, cancellation)) return await FailAsync(http, account, "codeUsed");
            how = Proof.Password;
        }
        else
        {
            if (code.Length <= LongestCode || !await authenticators.UseRecoveryCodeAsync(account.Name, code, cancellation))
                return await FailAsync(http, account, "wrongCode");
            how = Proof.RecoveryCode;
        }

        await throttle.CameInAsync(Proof.Password, name, http.Connection.RemoteIpAddress, cancellation);
        await audit.AppendAsync(new Act(account.Caller, SignInEvents.SignedIn).Entry(how, clock.GetUtcNow()), [], cancellation);
        return (account, how);
    }

    /// <summary>Whatever else was typed is no account's, and some of it no database takes.</summary>
    private static bool IsName(string name) => name.Length is > 0 and <= LongestName && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-');

    private async Task<(SignInAccount, string)?> FailAsync(HttpContext http, SignInAccount? account, string reason)
    {
        throttle.Failed(Proof.Password, account is null ? "unknownName" : reason, http.Connection.RemoteIpAddress);
        if (account is not null)
            await audit.AppendAsync(new Act(account.Caller, MemberEvents.SignInFailed).Entry(reason, clock.GetUtcNow()), [], http.RequestAborted);
        return null;
    }
}
