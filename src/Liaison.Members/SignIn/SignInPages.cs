using Liaison.Members.SignIn.Pages;
using Microsoft.AspNetCore.Http;

namespace Liaison.Members.SignIn;

/// <summary>Signs a person in; also one that is signed in, when a sensitive act asks for a fresh proof.</summary>
internal sealed class SignInPages(
    PageRenderer pages, Passkeys passkeys, PasskeySignIn byPasskey, PasswordSignIn byPassword, Arrival arrival, ProviderLinks providers,
    TimeProvider clock)
{
    /// <summary>See <see cref="LeastTime"/>. Hashing a password is the longest of it.</summary>
    private static readonly TimeSpan FailureTakes = TimeSpan.FromMilliseconds(600);

    /// <summary>Where to sign in and then go on to <paramref name="next"/>.</summary>
    public static string Address(string next) => $"/sign-in?next={Uri.EscapeDataString(next)}";

    public Task<IResult> ShowAsync(HttpContext http)
    {
        var next = SeeOther.Local(http.Request.Query["next"]);
        return Session.Find(http)?.IsFresh(clock.GetUtcNow()) is true
            ? Task.FromResult<IResult>(new SeeOther(next))
            : AskAsync(http, next, StatusCodes.Status200OK);
    }

    public Task<IResult> TakePasswordAsync(HttpContext http)
    {
        var form = http.Request.Form;
        return TakeAsync(http, () => byPassword.TryAsync(http, form["name"].ToString(), form["password"].ToString(), form["code"].ToString()));
    }

    public Task<IResult> TakePasskeyAsync(HttpContext http)
    {
        var form = http.Request.Form;
        return TakeAsync(http, () => byPasskey.TryAsync(http, form["state"].ToString(), form["credential"].ToString()));
    }

    private async Task<IResult> TakeAsync(HttpContext http, Func<Task<(SignInAccount Account, string How)?>> tryAsync)
    {
        var began = clock.GetTimestamp();
        var next = SeeOther.Local(http.Request.Form["next"]);
        if (await tryAsync() is not { } proved) return await RefuseAsync(http, next, began);
        return await arrival.BeginAsync(http, proved.Account, proved.How) ? new SeeOther(next) : await RefuseAsync(http, next, began);
    }

    /// <summary>The answer to every failure.</summary>
    /// <param name="http">The request.</param>
    /// <param name="next">Where the person wanted to go.</param>
    /// <param name="began">Timestamp of the clock when the request came.</param>
    public async Task<IResult> RefuseAsync(HttpContext http, string next, long began)
    {
        await LeastTime.PassAsync(clock, began, FailureTakes, http.RequestAborted);
        return await AskAsync(http, next, StatusCodes.Status403Forbidden);
    }

    /// <summary>Leads on by a page of the hub's own: the cookie of a session is strict and does not come along where another site led.</summary>
    public IResult GoOn(HttpContext http, string path) => pages.Show<OnwardPage>(http, (nameof(OnwardPage.Path), path));

    /// <summary>Goes on when the person says so.</summary>
    public IResult AskToGoOn(HttpContext http, string path) =>
        pages.Show<OnwardPage>(http, (nameof(OnwardPage.Path), path), (nameof(OnwardPage.Waits), true));

    private async Task<IResult> AskAsync(HttpContext http, string next, int status)
    {
        var asked = await passkeys.AskAsync(http);
        var provider = Session.Find(http) is { } session ? await providers.OfAccountAsync(session.Account, next, http.RequestAborted) : null;
        return pages.Show<SignInPage>(http, status, (nameof(SignInPage.Options), asked.Options), (nameof(SignInPage.State), asked.State),
            (nameof(SignInPage.Next), next), (nameof(SignInPage.Provider), provider), (nameof(SignInPage.Failed), status != StatusCodes.Status200OK));
    }
}
