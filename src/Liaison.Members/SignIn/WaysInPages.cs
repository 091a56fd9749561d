using Liaison.Members.Domain;
using Liaison.Members.SignIn.Pages;
using Liaison.Members.Storage;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Microsoft.AspNetCore.Http;

namespace Liaison.Members.SignIn;

/// <summary>A person changes what it signs in with. Every route here but naming a passkey asks for a fresh proof.</summary>
internal sealed class WaysInPages(
    PageRenderer pages, People people, Passkeys passkeys, NewAuthenticators offers, Authenticators authenticators, Throttle throttle, TimeProvider clock)
{
    public async Task<IResult> NewPasskeyAsync(HttpContext http, bool failed = false)
    {
        var session = Session.Of(http);
        if (!session.MayAddWays) return AccountPages.Back("notByProvider");
        if (await people.FindAsync(session.Account) is not { } person) return AccountPages.Back("lastWay");
        var asked = await passkeys.AskForNewAsync(http, person.Id, session.Account, session.Title);
        return pages.Show<NewPasskeyPage>(http, failed ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK,
            (nameof(NewPasskeyPage.Options), asked.Options), (nameof(NewPasskeyPage.State), asked.State), (nameof(NewPasskeyPage.Failed), failed));
    }

    public async Task<IResult> AddPasskeyAsync(HttpContext http)
    {
        var form = http.Request.Form;
        if (!Session.Of(http).MayAddWays) return AccountPages.Back("notByProvider");
        var account = Session.Of(http).Account;
        if (await passkeys.TakeNewAsync(http, form["state"].ToString(), form["credential"].ToString(), account) is not { } made)
            return await NewPasskeyAsync(http, failed: true);
        made.Passkey.Name = PasskeyLabel.Of(form["label"].ToString());
        return await ChangeAsync(http, SignInEvents.PasskeyAdded, "passkeyAdded", async (_, person) =>
        {
            if (person.Id != made.Person) return false;
            await people.PutPasskeyAsync(person, made.Passkey);
            return true;
        });
    }

    public Task<IResult> RenamePasskeyAsync(HttpContext http) => ChangeAsync(http, SignInEvents.PasskeyRenamed, "renamed", async (_, person) =>
    {
        var (passkey, _) = await FindAsync(http, person);
        if (passkey is null) return false;
        passkey.Name = PasskeyLabel.Of(http.Request.Form["label"].ToString());
        await people.PutPasskeyAsync(person, passkey);
        return true;
    });

    public Task<IResult> RemovePasskeyAsync(HttpContext http) => ChangeAsync(http, SignInEvents.PasskeyRemoved, "passkeyRemoved", async (transaction, person) =>
    {
        var (passkey, all) = await FindAsync(http, person);
        if (passkey is null || (all == 1 && person.PasswordHash is null && !await People.IsBoundAsync(transaction, person, http.RequestAborted))) return false;
        await people.RemovePasskeyAsync(person, passkey.CredentialId);
        return true;
    });

    public Task<IResult> PasswordAsync(HttpContext http) => !Session.Of(http).MayAddWays
        ? Task.FromResult(AccountPages.Back("notByProvider"))
        : AskPasswordAsync(http, http.Request.Query["authenticator"] == "new", null);

    public async Task<IResult> SetPasswordAsync(HttpContext http)
    {
        if (!Session.Of(http).MayAddWays) return AccountPages.Back("notByProvider");
        var account = Session.Of(http).Account;
        var isNew = http.Request.Form.ContainsKey("state") || !await authenticators.HasOneAsync(account, http.RequestAborted);
        if (!await KnowsCurrentAsync(http, account)) return await AskPasswordAsync(http, isNew, "wrongCurrent");
        var (password, problem) = NewPassword.Parse(http.Request.Form, account, isNew, offers, clock.GetUtcNow());
        if (password is null) return await AskPasswordAsync(http, isNew, problem);

        IReadOnlyList<string>? codes = null;
        var answer = await ChangeAsync(http, SignInEvents.PasswordSet, "passwordSet", async (transaction, person) =>
        {
            await people.SetPasswordAsync(person, password.Password);
            // OWASP ASVS 5, 7.4.3: whoever is signed in with the old one is not any more.
            await Sessions.EndAsync(transaction, account, null, Session.Of(http).Id, http.RequestAborted);
            if (password.Key is not { } key) return true;
            await authenticators.SetAsync(transaction, account, key, password.Step, http.RequestAborted);
            codes = await Authenticators.MakeRecoveryCodesAsync(transaction, account, http.RequestAborted);
            return true;
        }, AuditJson.Of(("authenticator", isNew ? "new" : "kept")));
        return codes is null ? answer : pages.Show<RecoveryCodesPage>(http, (nameof(RecoveryCodesPage.Codes), codes));
    }

    public Task<IResult> RemovePasswordAsync(HttpContext http) => ChangeAsync(http, SignInEvents.PasswordSet, "passwordRemoved", async (transaction, person) =>
    {
        if ((await people.PasskeysAsync(person)).Count == 0 && !await People.IsBoundAsync(transaction, person, http.RequestAborted)) return false;
        await people.SetPasswordAsync(person, null);
        await Authenticators.RemoveAsync(transaction, person.UserName!, http.RequestAborted);
        return true;
    }, AuditJson.Of(("password", "removed")));

    public async Task<IResult> NewRecoveryCodesAsync(HttpContext http)
    {
        if (!Session.Of(http).MayAddWays) return AccountPages.Back("notByProvider");
        IReadOnlyList<string>? codes = null;
        var answer = await ChangeAsync(http, SignInEvents.RecoveryCodesMade, "ended", async (transaction, person) =>
        {
            if (person.PasswordHash is null) return false;
            codes = await Authenticators.MakeRecoveryCodesAsync(transaction, person.UserName!, http.RequestAborted);
            return true;
        });
        return codes is null ? answer : pages.Show<RecoveryCodesPage>(http, (nameof(RecoveryCodesPage.Codes), codes));
    }

    /// <summary>
    /// OWASP ASVS 5, 6.2.3: besides the fresh proof, which may have been a passkey's. Who forgot it can remove it. Guesses count as at sign-in.
    /// </summary>
    private async Task<bool> KnowsCurrentAsync(HttpContext http, string account)
    {
        var person = await people.FindAsync(account);
        if (person?.PasswordHash is null) return true;
        if (await throttle.ExcessAsync(Proof.Password, account, http.Connection.RemoteIpAddress, http.RequestAborted) > 0) return false;
        var current = http.Request.Form["current"].ToString();
        if (current.Length > PasswordRules.Longest || !await people.IsPasswordAsync(person, PasswordRules.Normalise(current))) return false;
        await throttle.CameInAsync(Proof.Password, account, http.Connection.RemoteIpAddress, http.RequestAborted);
        return true;
    }

    private async Task<IResult> AskPasswordAsync(HttpContext http, bool isNew, string? problem)
    {
        var account = Session.Of(http).Account;
        isNew = isNew || !await authenticators.HasOneAsync(account, http.RequestAborted);
        var offered = problem is null ? null : http.Request.Form["state"].ToString();
        var hasPassword = (await people.FindAsync(account))?.PasswordHash is not null;
        return pages.Show<PasswordPage>(http, problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            (nameof(PasswordPage.Authenticator), isNew ? offers.Offer(account, offered) : null), (nameof(PasswordPage.Problem), problem),
            (nameof(PasswordPage.AsksCurrent), hasPassword));
    }

    /// <summary>Runs a change of the person who asks; what would leave no way in is not done.</summary>
    private async Task<IResult> ChangeAsync(HttpContext http, AuditEventKind kind, string notice,
        Func<WriteTransaction, Person, Task<bool>> work, AuditJson? asked = null)
    {
        var session = Session.Of(http);
        await using var transaction = await people.ChangeAsync(session.Account, http.RequestAborted);
        // Whoever ended the session while this waited for the account ended what it wanted to change with it.
        if (!await Sessions.GoesOnAsync(transaction, session, http.RequestAborted)) return new SeeOther(SignInPages.Address(AccountPages.Path));
        if (await people.FindAsync(session.Account) is not { } person || !await work(transaction, person)) return AccountPages.Back("lastWay");
        await People.CommitAsync(transaction, new Act(session.Caller, kind) { Asked = asked ?? AuditJson.Empty }, "done", http.RequestAborted);
        return AccountPages.Back(notice);
    }

    /// <summary>The passkey that the form names, and how many there are.</summary>
    private async Task<(Microsoft.AspNetCore.Identity.UserPasskeyInfo? Passkey, int All)> FindAsync(HttpContext http, Person person)
    {
        var all = await people.PasskeysAsync(person);
        var id = http.Request.Form["id"].ToString();
        return (all.FirstOrDefault(p => Convert.ToHexString(p.CredentialId) == id), all.Count);
    }
}
