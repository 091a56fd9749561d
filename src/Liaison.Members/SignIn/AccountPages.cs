using Liaison.Members.SignIn.Pages;
using Liaison.Platform.Audit;
using Microsoft.AspNetCore.Http;

namespace Liaison.Members.SignIn;

/// <summary>What a person sees of its own account, and its sessions.</summary>
internal sealed class AccountPages(
    PageRenderer pages, People people, Authenticators authenticators, Sessions sessions, Programs programs)
{
    public const string Path = "/account";

    public async Task<IResult> ShowAsync(HttpContext http, string? notice)
    {
        var session = Session.Of(http);
        var person = await people.FindAsync(session.Account);
        var passkeys = person is null ? [] : await people.PasskeysAsync(person);
        var open = await sessions.ListAsync(session.Account, http.RequestAborted);
        return pages.Show<AccountPage>(http,
            (nameof(AccountPage.Title), session.Title), (nameof(AccountPage.Member), session.Member),
            (nameof(AccountPage.Notice), Notices.Contains(notice) ? notice : null),
            (nameof(AccountPage.Passkeys), passkeys.OrderBy(p => p.CreatedAt).Select(p =>
                new AccountPage.Passkey(Convert.ToHexString(p.CredentialId), p.Name ?? "-", p.CreatedAt)).ToArray()),
            (nameof(AccountPage.MayAddWays), session.MayAddWays), (nameof(AccountPage.HasPassword), person?.PasswordHash is not null),
            (nameof(AccountPage.CodesLeft), await authenticators.RecoveryCodesLeftAsync(session.Account, http.RequestAborted)),
            (nameof(AccountPage.Sessions), open.Select(s =>
                new AccountPage.OpenSession(s.Id, s.Id == session.Id, s.How, s.Browser, s.Address, s.SignedInAt, s.SeenAt)).ToArray()),
            (nameof(AccountPage.Programs), await programs.ListAsync(session.Account, http.RequestAborted)));
    }

    /// <summary>Back to the page, with a word on what was done.</summary>
    public static IResult Back(string notice) => new SeeOther($"{Path}?notice={notice}");

    public async Task<IResult> SignOutAsync(HttpContext http)
    {
        var session = Session.Of(http);
        await EndAsync(http, session, session.Id, null, "signedOut");
        SessionCookie.Take(http);
        // Not "cookies": that would end those of every hub and site of the same domain.
        http.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return new SeeOther(SignInPages.Address(Path));
    }

    public async Task<IResult> EndSessionAsync(HttpContext http)
    {
        if (Guid.TryParse(http.Request.Form["id"], out var id)) await EndAsync(http, Session.Of(http), id, null, "ended");
        return Back("ended");
    }

    public async Task<IResult> EndProgramAsync(HttpContext http)
    {
        if (!Guid.TryParse(http.Request.Form["id"], out var id)) return Back("ended");
        var session = Session.Of(http);
        await using var transaction = await people.ChangeAsync(session.Account, http.RequestAborted);
        await Programs.EndAsync(transaction, session.Account, id, http.RequestAborted);
        await CommitAsync(http, transaction, session, "programEnded");
        return Back("ended");
    }

    /// <summary>Everything but the browser that asks.</summary>
    public async Task<IResult> EndAllAsync(HttpContext http)
    {
        var session = Session.Of(http);
        await using var transaction = await people.ChangeAsync(session.Account, http.RequestAborted);
        await Sessions.EndAsync(transaction, session.Account, null, session.Id, http.RequestAborted);
        await Programs.EndAsync(transaction, session.Account, null, http.RequestAborted);
        await CommitAsync(http, transaction, session, "allEnded");
        return Back("ended");
    }

    private async Task EndAsync(HttpContext http, Session session, Guid? one, Guid? but, string outcome)
    {
        await using var transaction = await people.ChangeAsync(session.Account, http.RequestAborted);
        await Sessions.EndAsync(transaction, session.Account, one, but, http.RequestAborted);
        await CommitAsync(http, transaction, session, outcome);
    }

    private static Task CommitAsync(HttpContext http, Platform.Data.WriteTransaction transaction, Session session, string outcome) =>
        People.CommitAsync(transaction, new Act(session.Caller, SignInEvents.SessionEnded), outcome, http.RequestAborted);

    /// <summary>What the address may ask the page to say.</summary>
    private static readonly string[] Notices = ["ended", "passkeyAdded", "passkeyRemoved", "renamed", "passwordSet", "passwordRemoved", "lastWay", "notByProvider"];
}
