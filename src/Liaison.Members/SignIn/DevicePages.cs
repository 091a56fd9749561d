using Liaison.Members.OAuth;
using Liaison.Members.SignIn.Pages;
using Liaison.Platform.Audit;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>A person lets a program on a device act for the account, or not (RFC 8628 section 3.3).</summary>
internal sealed class DevicePages(PageRenderer pages, DeviceCodes codes, People people, NpgsqlDataSource database)
{
    public const string Path = "/device";
    private const int LongestCode = 32;

    public async Task<IResult> ShowAsync(HttpContext http)
    {
        var code = http.Request.Query["user_code"].ToString().Trim();
        if (code.Length == 0) return pages.Show<DevicePage>(http);
        if (await FindAsync(code, http.RequestAborted) is not { } waiting) return Unknown(http, code);
        return pages.Show<DevicePage>(http, (nameof(DevicePage.Code), code),
            (nameof(DevicePage.Client), await TitleAsync(waiting.Client, http.RequestAborted)), (nameof(DevicePage.AskedAt), waiting.AskedAt));
    }

    public async Task<IResult> DecideAsync(HttpContext http)
    {
        var form = http.Request.Form;
        var (code, isApproved, session) = (form["user_code"].ToString().Trim(), form["decision"] == "approve", Session.Of(http));
        if (await FindAsync(code, http.RequestAborted) is not { } waiting) return Unknown(http, code);

        // Whoever ends what the person has signed in to waits for this, and then ends it too, or came before.
        await using var transaction = await people.ChangeAsync(session.Account, http.RequestAborted);
        if (!await Sessions.GoesOnAsync(transaction, session, http.RequestAborted)) return new SeeOther(SignInPages.Address(Path));
        var isDone = isApproved
            ? await codes.ApproveAsync(code, session.Account, http.RequestAborted)
            : await codes.DenyAsync(code, http.RequestAborted);
        if (!isDone) return Unknown(http, code);
        var act = new Act(session.Caller, isApproved ? MemberEvents.DeviceApproved : MemberEvents.DeviceDenied)
        {
            Asked = AuditJson.Of(("client", waiting.Client)),
        };
        await People.CommitAsync(transaction, act, "done", http.RequestAborted);
        return pages.Show<NoticePage>(http, (nameof(NoticePage.Text), isApproved ? "approved" : "denied"));
    }

    private async Task<WaitingDevice?> FindAsync(string code, CancellationToken cancellation) =>
        code.Length is > 0 and <= LongestCode && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ' ') ? await codes.FindAsync(code, cancellation) : null;

    private IResult Unknown(HttpContext http, string code) => pages.Show<DevicePage>(http, StatusCodes.Status404NotFound,
        (nameof(DevicePage.Code), code[..Math.Min(code.Length, LongestCode)]), (nameof(DevicePage.Unknown), true));

    private async Task<string> TitleAsync(string client, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""SELECT "DisplayName" FROM members."OpenIddictApplications" WHERE "ClientId" = $1""");
        command.Parameters.Add(new() { Value = client });
        return await command.ExecuteScalarAsync(cancellation) as string ?? client;
    }
}
