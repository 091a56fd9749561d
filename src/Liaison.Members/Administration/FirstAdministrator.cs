using Liaison.Api.Members;
using Liaison.Platform.Data;

namespace Liaison.Members.Administration;

/// <summary>
/// Four eyes need two people. Until there are two administrators of the hub, the only one may open exactly one account for the other without
/// approval; the audit says <c>doneAlone</c>.
/// </summary>
internal static class FirstAdministrator
{
    public static async Task<bool> MayAloneAsync<T>(AdminWork work, AdminAct<T> act, T request)
        where T : class
    {
        if (act is not OpenAccount || request is not AccountRequest { Permissions: { } permissions } || !permissions.Contains(MemberRights.Administer.Code))
            return false;
        // One at a time: else two requests at once would each find one administrator.
        await work.Connection.DoAsync("SELECT pg_advisory_xact_lock(x'4C4941490006'::bigint)", work.Cancellation);
        var administrators = await work.Connection.ReadAsync(
            "SELECT name FROM members.account WHERE $1 = ANY (permissions)", r => r.GetString(0), work.Cancellation, MemberRights.Administer.Code);
        if (administrators is not [var only] || only != work.Caller.Account) return false;
        // Once for ever: else whoever ends or lessens the second one would be alone again, as often as it likes.
        return await work.Connection.DoAsync("INSERT INTO members.second_administrator (made_at) VALUES ($1) ON CONFLICT DO NOTHING",
            work.Cancellation, work.Transaction.At) == 1;
    }
}
