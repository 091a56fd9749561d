using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Platform.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Agreement = Liaison.Api.Members.Agreement;

namespace Liaison.Members.Administration;

/// <summary>The route table of the administration: path, act or list, permission, audit event, body, answer, problems.</summary>
internal static class AdministrationRoutes
{
    public static IServiceCollection AddAdministration(this IServiceCollection services)
    {
        services.AddSingleton<KnownRights>();
        services.AddSingleton<Administer>();
        services.AddSingleton<Lists>();
        services.AddSingleton(s => new UnitUseReports(s.GetRequiredService<TimeProvider>()).Job);
        services.AddAct<AdmitMember>().AddAct<SetMemberState>().AddAct<SetDesk>();
        services.AddAct<GrantUnit>().AddAct<WithdrawUnit>();
        services.AddAct<OpenAccount>().AddAct<ChangeAccount>().AddAct<SetAccountState>().AddAct<InviteAgain>().AddAct<SetAccountKeys>();
        services.AddAct<RegisterProvider>().AddAct<ChangeProvider>().AddAct<EndProvider>().AddAct<BindAccount>();
        return services.AddAct<ConcludeAgreement>().AddAct<EndAgreement>();
    }

    public static void MapAdministration(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("").WithTags("Members");
        routes.MapList(Routes.Members, lists => lists.MembersAsync)
            .Named("listMembers", "Who takes part: countries, partners, carriers, with their groups and desks")
            .Needs(MemberRights.Read, MemberEvents.MembersRead).Answers<MemberList>();
        routes.MapAct<AdmitMember, MemberRequest>(Routes.Members, MemberRights.Administer)
            .Named("admitMember", "Admit a member; a second administrator approves it").Answers<Member>();
        routes.MapAct<SetMemberState, MemberStateRequest>(Routes.MemberState, MemberRights.Administer)
            .Named("setMemberState", "Suspend a member with all its accounts, or restore it, which a second administrator approves").Answers<Member>();
        routes.MapAct<SetDesk, Desk>(Routes.Desks, MemberRights.Manage)
            .Named("setDesk", "Say where your member is reached, routine or urgent").Answers<Desk>();

        routes.MapList(Routes.Units, lists => lists.UnitsAsync)
            .Named("listUnits", "The units of your member and what they are granted").Needs(MemberRights.Manage, MemberEvents.UnitsRead).Answers<UnitList>();
        routes.MapAct<GrantUnit, UnitRequest>(Routes.Units, MemberRights.Manage)
            .Named("grantUnit", "Make a unit of your member, or change what the bureau lets it do").Answers<Unit>();
        routes.MapAct<WithdrawUnit, UnitWithdrawal>(Routes.UnitWithdrawal, MemberRights.Manage)
            .Named("withdrawUnit", "Take everything away from a unit and those below it, at once").Answers<Unit>();
        routes.MapGet(Routes.UnitUse, (HttpContext http, Lists lists, string? days) => lists.UseAsync(http, days))
            .Named("readUnitUse", "What the accounts of your member did, by unit, in the last days")
            .Needs(MemberRights.Manage, MemberEvents.UseRead).Answers<UnitUseList>();

        routes.MapList(Routes.Accounts, lists => lists.AccountsAsync)
            .Named("listAccounts", "The accounts of your member").Needs(MemberRights.Manage, MemberEvents.AccountsRead).Answers<AccountList>();
        routes.MapAct<OpenAccount, AccountRequest>(Routes.Accounts, MemberRights.Manage)
            .Named("openAccount", "Open an account; an administrator's is approved by a second one").Answers<Account>();
        routes.MapAct<ChangeAccount, AccountRequest>(Routes.AccountChange, MemberRights.Manage)
            .Named("changeAccount", "Change what an account may do").Answers<Account>();
        routes.MapAct<SetAccountState, AccountStateRequest>(Routes.AccountState, MemberRights.Manage)
            .Named("setAccountState", "Suspend, restore or end an account").Answers<Account>();
        routes.MapAct<InviteAgain, InvitationRequest>(Routes.AccountInvitation, MemberRights.Manage)
            .Named("inviteAgain", "Make a new one-time link for a person who lost every way in").Answers<Account>();
        routes.MapAct<SetAccountKeys, AccountKeysRequest>(Routes.AccountKeys, MemberRights.Manage)
            .Named("setAccountKeys", "Set the public keys or certificate of a system, or take them away").Answers<Account>();
        routes.MapAct<BindAccount, AccountProviderRequest>(Routes.AccountProvider, MemberRights.Manage)
            .Named("bindAccount", "Say who a person is at the provider of its member, or take that away").Answers<Account>();
        routes.MapGet(Routes.AccountAccess, (HttpContext http, Lists lists, string? name, string? permission, string? purpose) =>
                lists.ExplainAsync(http, name, permission, purpose))
            .Named("explainAccess", "May this account do this for this purpose, and if not, why?")
            .Needs(MemberRights.Manage, MemberEvents.AccessExplained).Answers<AccessExplanation>().Refuses(MemberProblems.UnknownAccount);

        MapProviders(routes);
        MapAgreements(routes);
        MapApprovals(routes);
    }

    private static void MapAgreements(RouteGroupBuilder routes)
    {
        routes.MapList(Routes.Agreements, lists => lists.AgreementsAsync)
            .Named("listAgreements", "The agreements of your member").Needs(MemberRights.Read, MemberEvents.AgreementsRead).Answers<AgreementList>();
        routes.MapAct<ConcludeAgreement, AgreementRequest>(Routes.Agreements, MemberRights.Administer)
            .Named("concludeAgreement", "Let a member take part in a dataset; a second administrator approves it").Answers<Agreement>();
        routes.MapAct<EndAgreement, AgreementEnd>(Routes.AgreementEnd, MemberRights.Administer)
            .Named("endAgreement", "End an agreement now").Answers<Agreement>();
    }

    private static void MapApprovals(RouteGroupBuilder routes)
    {
        routes.MapList(Routes.Approvals, lists => lists.ApprovalsAsync)
            .Named("listApprovals", "What waits for a second person of your member, and what was decided")
            .Needs(MemberRights.Manage, MemberEvents.ApprovalsRead).Answers<ApprovalList>();
        routes.MapPost(Routes.ApprovalDecision, (HttpContext http, Administer administer) => administer.DecideAsync(http))
            .Named("decideApproval", "Approve or refuse what another account asked for")
            .Needs(MemberRights.Manage, MemberEvents.ApprovalDecided).Takes<ApprovalDecision>().Answers<Approval>().Refuses(MemberProblems.OfEveryAct);
        routes.MapPost(Routes.ApprovalLink, (HttpContext http, Administer administer) => administer.CollectAsync(http))
            .Named("collectLink", "Get the one-time link that came of your own request when a second administrator approved it; once")
            .Needs(MemberRights.Manage, MemberEvents.LinkCollected).Takes<LinkRequest>().Answers<Account>().Refuses(MemberProblems.OfEveryAct);
    }

    private static void MapProviders(RouteGroupBuilder routes)
    {
        routes.MapList(Routes.Providers, lists => lists.ProvidersAsync)
            .Named("listProviders", "The OpenID Connect providers of your member").Needs(MemberRights.Manage, MemberEvents.ProvidersRead).Answers<ProviderList>();
        routes.MapAct<RegisterProvider, ProviderRequest>(Routes.Providers, MemberRights.Manage)
            .Named("registerProvider", "Register a provider by which your persons sign in; a second administrator approves it").Answers<Provider>();
        routes.MapAct<ChangeProvider, ProviderChange>(Routes.ProviderChange, MemberRights.Manage)
            .Named("changeProvider", "Change what a provider must say; a second administrator approves it").Answers<Provider>();
        routes.MapAct<EndProvider, ProviderEnd>(Routes.ProviderEnd, MemberRights.Manage)
            .Named("endProvider", "End a provider, with all sessions that came by it and all bindings to it").Answers<Provider>();
    }

    private static RouteHandlerBuilder MapAct<TAct, TRequest>(this IEndpointRouteBuilder routes, string path, Right right)
        where TAct : AdminAct<TRequest>
        where TRequest : class
    {
        var act = routes.ServiceProvider.GetRequiredService<TAct>();
        return routes.MapPost(path, (HttpContext http, Administer administer) => administer.RunAsync(http, act))
            .Needs(right, act.Event).Takes<TRequest>().Answers<Approval>(StatusCodes.Status202Accepted).Refuses(MemberProblems.OfEveryAct);
    }

    private static RouteHandlerBuilder MapList(this IEndpointRouteBuilder routes, string path, Func<Lists, Func<HttpContext, Task<IResult>>> list) =>
        routes.MapGet(path, (HttpContext http, Lists lists) => list(lists)(http));

    private static IServiceCollection AddAct<TAct>(this IServiceCollection services)
        where TAct : AdminAct
    {
        services.AddSingleton<TAct>();
        return services.AddSingleton<AdminAct>(s => s.GetRequiredService<TAct>());
    }
}
