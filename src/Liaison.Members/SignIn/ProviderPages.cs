using System.Security.Cryptography;
using Liaison.Members.Providers;
using Liaison.Members.Storage;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>
/// The way in by a member's own provider: there and back. Whatever fails is answered as a wrong password is; the operator's log says why.
/// </summary>
internal sealed partial class ProviderPages(
    SignInPages sign, ProviderClient client, ProviderSignIn arrivals, ProviderLinks providers, Throttle throttle, TimeProvider clock, ILogger<ProviderPages> log)
{
    private const int IdBytes = 16;

    /// <summary>A form must not lead off this site (the pages' policy), so that a page in between does. It looks nothing up.</summary>
    public IResult Choose(HttpContext http)
    {
        var code = string.Concat(http.Request.Form["code"].ToString().Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        return code.Length is 0 or > 32 ? new SeeOther(SignInPages.Address(Next(http.Request.Form["next"])))
            : sign.GoOn(http, ProviderPaths.SignIn(code, Next(http.Request.Form["next"])));
    }

    public async Task<IResult> StartAsync(HttpContext http, string code)
    {
        var (began, next) = (clock.GetTimestamp(), Next(http.Request.Query["next"]));
        // OWASP ASVS 5, 7.6.2: another site may not sign a person in here that is signed in at its provider. The button is of this site.
        if (http.Request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site") return sign.AskToGoOn(http, http.Request.Path + http.Request.QueryString);
        if (await throttle.ExcessAsync(Proof.Provider, null, http.Connection.RemoteIpAddress, http.RequestAborted) > 0 || await providers.FindAsync(code, http.RequestAborted) is not { } provider)
            return await sign.RefuseAsync(http, next, began);
        var session = Session.Find(http);
        var invitation = http.Request.Query["token"].ToString();
        var intent = new ProviderIntent(Convert.ToHexString(RandomNumberGenerator.GetBytes(IdBytes)), clock.GetUtcNow())
        {
            Next = next, IsFresh = session is not null || invitation.Length > 0, Invitation = invitation.Length > 0 ? invitation : null, Session = session?.Id,
        };
        if (await client.StartAsync(http, provider, intent)) return Results.Empty;
        LogRefused(log, provider.Now.Code, provider.Now.Member, "unreachable");
        return await sign.RefuseAsync(http, next, began);
    }

    public async Task<IResult> FinishAsync(HttpContext http, string code)
    {
        var began = clock.GetTimestamp();
        // Not counted: without a start that was, nothing here can hold.
        if (await providers.FindAsync(code, http.RequestAborted) is not { } provider) return await sign.RefuseAsync(http, AccountPages.Path, began);
        var answer = await client.FinishAsync(http, provider);
        var next = answer.Intent?.Next ?? AccountPages.Path;
        var refusal = answer.Refusal ?? await arrivals.TryAsync(http, provider, answer);
        if (refusal is null) return sign.GoOn(http, next);
        LogRefused(log, provider.Now.Code, provider.Now.Member, refusal);
        return await sign.RefuseAsync(http, next, began);
    }

    /// <summary>The hub's public key for the provider; none where there is no provider.</summary>
    public async Task<IResult> KeysAsync(HttpContext http, string code) => Results.Text(
        await providers.FindAsync(code, http.RequestAborted) is { } provider ? client.PublicSet(provider) : ProviderKeys.SetOf(), "application/jwk-set+json");

    private static string Next(string? path) => SeeOther.Local(path);

    [LoggerMessage(1, LogLevel.Warning, "Nobody came in by provider {Code} of {Member}: {Reason}")]
    private static partial void LogRefused(ILogger log, string code, string member, string reason);
}

/// <summary>Who a person of a provider is here.</summary>
/// <remarks>Belongs to one request.</remarks>
internal sealed class ProviderSignIn(
    Invitations invitations, Enrolment enrolment, Sessions sessions, Throttle throttle, AuditWriter audit, NpgsqlDataSource database, TimeProvider clock)
{
    /// <returns>Why nobody came in, for the operator; null when somebody did.</returns>
    public async Task<string?> TryAsync(HttpContext http, ProviderRow provider, ProviderAnswer answer)
    {
        var (intent, subject) = (answer.Intent!, answer.Subject!);
        var proof = new ProviderProof(provider.Id, answer.ProvedAt, intent.Session);
        if (intent.Invitation is { } token)
        {
            return await invitations.FindAsync(token, http.RequestAborted) is { } invited && invited.Member == provider.Now.Member
                && await enrolment.WithProviderAsync(http, token, invited, subject, proof) ? await CameInAsync(http) : "link";
        }

        // An account is found by issuer and subject alone, and only one of the provider's own member.
        if (await FindAsync(provider, subject, http.RequestAborted) is not { } account) return "unknownSubject";
        var act = new Act(account.Caller, account.MaySignIn ? SignInEvents.SignedIn : MemberEvents.SignInFailed)
        {
            Asked = AuditJson.Of(("provider", provider.Now.Code)),
        };
        await audit.AppendAsync(act.Entry(account.MaySignIn ? Proof.Provider : "notActive", clock.GetUtcNow()), [], http.RequestAborted);
        if (!account.MaySignIn) return "notActive";
        if (await sessions.BeginAsync(http, account, Proof.Provider, proof) is not null) return await CameInAsync(http);
        await audit.AppendAsync(new Act(account.Caller, MemberEvents.SignInFailed).Entry(SignInEvents.EndedMeanwhile, clock.GetUtcNow()), [], http.RequestAborted);
        return SignInEvents.EndedMeanwhile;
    }

    private async Task<string?> CameInAsync(HttpContext http)
    {
        await throttle.CameInAsync(Proof.Provider, null, http.Connection.RemoteIpAddress, http.RequestAborted);
        return null;
    }

    private async Task<SignInAccount?> FindAsync(ProviderRow provider, string subject, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await connection.ReadAsync("""
            SELECT a.name, a.member, a.title, a.state = 'active' AND m.suspended_at IS NULL, a.sign_in_epoch
            FROM members.provider_subject s
            JOIN members.provider p ON p.id = s.provider AND p.ended_at IS NULL
            JOIN members.account a ON a.name = s.account AND a.member = p.member AND a.kind = 'person'
            JOIN members.member m ON m.code = a.member
            WHERE s.provider = $1 AND s.subject = $2
            """, SignInAccount.Of, cancellation, provider.Id, subject)).SingleOrDefault();
    }
}
