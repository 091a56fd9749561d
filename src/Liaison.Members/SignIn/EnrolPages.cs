using Liaison.Members.SignIn.Pages;
using Microsoft.AspNetCore.Http;

namespace Liaison.Members.SignIn;

/// <summary>The way in by a one-time link: the person sets up a passkey, or a password with an authenticator.</summary>
internal sealed class EnrolPages(
    PageRenderer pages, Passkeys passkeys, Invitations invitations, NewAuthenticators offers, Enrolment enrolment, ProviderLinks providers, TimeProvider clock)
{
    public async Task<IResult> ShowAsync(HttpContext http)
    {
        var token = http.Request.Query["token"].ToString();
        return await invitations.FindAsync(token, http.RequestAborted) is { } account
            ? await AskAsync(http, new(token, account))
            : NoLink(http);
    }

    public async Task<IResult> TakePasskeyAsync(HttpContext http)
    {
        var form = http.Request.Form;
        var token = form["token"].ToString();
        if (await invitations.FindAsync(token, http.RequestAborted) is not { } account) return NoLink(http);
        if (await passkeys.TakeNewAsync(http, form["state"].ToString(), form["credential"].ToString(), account.Name) is not { } made)
            return await AskAsync(http, new(token, account) { PasskeyFailed = true });
        made.Passkey.Name = PasskeyLabel.Of(form["label"].ToString());
        return await enrolment.WithPasskeyAsync(http, token, account, made.Passkey, made.Person)
            ? new SeeOther(AccountPages.Path)
            : NoLink(http);
    }

    public async Task<IResult> TakePasswordAsync(HttpContext http)
    {
        var form = http.Request.Form;
        var token = form["token"].ToString();
        if (await invitations.FindAsync(token, http.RequestAborted) is not { } account) return NoLink(http);
        var (password, problem) = NewPassword.Parse(form, account.Name, withAuthenticator: true, offers, clock.GetUtcNow());
        if (password is null) return await AskAsync(http, new(token, account) { Problem = problem, Offer = form["state"].ToString() });
        return await enrolment.WithPasswordAsync(http, token, account, password) is { } codes
            ? pages.Show<RecoveryCodesPage>(http, (nameof(RecoveryCodesPage.Codes), codes))
            : NoLink(http);
    }

    private IResult NoLink(HttpContext http) =>
        pages.Show<NoticePage>(http, StatusCodes.Status404NotFound, (nameof(NoticePage.Text), "noLink"));

    private async Task<IResult> AskAsync(HttpContext http, Asked asked)
    {
        var account = asked.Account;
        var ceremony = await passkeys.AskForNewAsync(http, Guid.CreateVersion7(clock.GetUtcNow()), account.Name, account.Title);
        return pages.Show<EnrolPage>(http, asked.PasskeyFailed || asked.Problem is not null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK,
            (nameof(EnrolPage.Account), account.Name), (nameof(EnrolPage.Member), account.Member), (nameof(EnrolPage.Title), account.Title),
            (nameof(EnrolPage.Token), asked.Token), (nameof(EnrolPage.Options), ceremony.Options), (nameof(EnrolPage.State), ceremony.State),
            (nameof(EnrolPage.Authenticator), offers.Offer(account.Name, asked.Offer)), (nameof(EnrolPage.PasskeyFailed), asked.PasskeyFailed),
            (nameof(EnrolPage.Problem), asked.Problem),
            (nameof(EnrolPage.Providers), await providers.OfMemberAsync(account.Member, asked.Token, http.RequestAborted)));
    }

    private sealed record Asked(string Token, SignInAccount Account)
    {
        public bool PasskeyFailed { get; init; }
        public string? Problem { get; init; }

        /// <summary>The authenticator that was offered before, sealed.</summary>
        public string? Offer { get; init; }
    }
}

/// <summary>What a person calls a passkey.</summary>
internal static class PasskeyLabel
{
    private const int Longest = 60;

    /// <summary>Without control characters, cut to size, never empty.</summary>
    public static string Of(string typed)
    {
        var label = string.Concat(typed.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))).Trim();
        return label.Length == 0 ? "-" : label[..Math.Min(label.Length, Longest)];
    }
}
