using Liaison.Members.Administration;
using Liaison.Members.Demo;
using Liaison.Members.OAuth;
using Liaison.Members.SignIn;
using Liaison.Members.Storage;
using Liaison.Members.Tokens;
using Liaison.Platform.Access;
using Liaison.Platform.Data;
using Liaison.Platform.Events;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Liaison.Members;

/// <summary>Members, their units and accounts, the agreements between them, and how people and systems prove who they are.</summary>
public static class MembersModule
{
    public static IReadOnlyList<Migration> Migrations { get; } = Migration.Of(typeof(MembersModule).Assembly);

    /// <summary>The synthetic accounts of a development hub: the member of each profile, the usual one first.</summary>
    public static IReadOnlyList<(string Profile, string Member)> DemoProfiles { get; } = [.. DemoAccounts.Profiles.Select(p => (p.Profile, p.Member))];

    /// <param name="services">The host's.</param>
    /// <param name="frontage">How the hub is reached.</param>
    /// <param name="providers">What members' own providers may be.</param>
    /// <param name="isDevelopment">Systems may use a plain secret, and providers may be on loopback.</param>
    public static IServiceCollection AddMembers(this IServiceCollection services, Frontage frontage, ProviderOptions providers, bool isDevelopment)
    {
        services.AddSingleton(providers with { IsLoopbackAllowed = isDevelopment });
        services.AddDbContext<SignInContext>((s, o) => o.UseNpgsql(s.GetRequiredService<NpgsqlDataSource>()).UseOpenIddict<Guid>());
        services.AddSingleton(MemberFeed.Of("members.feed", new FeedRule(MemberEvents.UnitUse, "member", null, "unit", "day", "accounts", "use")));
        services.AddSingleton<AccountStore>();
        services.AddSingleton<KnownCallers>();
        services.AddSingleton<ICallers>(s => s.GetRequiredService<KnownCallers>());
        services.AddSingleton<IApprovals, Approvals>();
        services.AddSingleton<AccessFollower>();
        services.AddHostedService(s => s.GetRequiredService<AccessFollower>());
        services.AddOAuth(frontage, isDevelopment);
        services.AddSignIn(frontage);
        services.AddAdministration();
        return services;
    }

    public static void MapMembers(this IEndpointRouteBuilder app)
    {
        app.MapOAuth();
        app.MapSignIn();
        app.MapAdministration();
    }

    /// <summary>Makes the synthetic members and accounts, with these tokens, where they are not there yet. For Development.</summary>
    /// <param name="appConnectionString">As <c>liaison_app</c>.</param>
    /// <param name="tokens">A secret for every profile of <see cref="DemoProfiles"/>.</param>
    /// <param name="clock">The hub's clock.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task LoadDemoAsync(
        string appConnectionString, IReadOnlyDictionary<string, string> tokens, TimeProvider clock, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(appConnectionString);
        await Seed.RunAsync(database, DemoAccounts.Members, DemoAccounts.Of(tokens), clock, cancellation);
    }

    /// <summary>True when the synthetic accounts of a development hub may act in this database.</summary>
    public static Task<bool> HasDemoAccountsAsync(NpgsqlDataSource database, CancellationToken cancellation) => Seed.IsThereAsync(database, cancellation);

    /// <summary>Path of the one-time link for the first administrator of a hub that never had one; null when there is one, or a link is waiting.</summary>
    public static Task<string?> InviteFirstAdministratorAsync(NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellation) =>
        NewAdministrator.InviteFirstAsync(database, clock, cancellation);

    /// <summary>True when <see cref="InviteFirstAdministratorAsync"/> would make a link; nothing is made.</summary>
    public static Task<bool> AwaitsFirstAdministratorAsync(NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellation) =>
        NewAdministrator.IsAwaitedAsync(database, clock, cancellation);

    /// <summary>Path of a one-time link for an administrator in place of those that were lost; null when the name is no administrator's and taken, or no name.</summary>
    public static async Task<string?> BreakGlassAsync(string connectionString, string name, TimeProvider clock, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        return await NewAdministrator.BreakGlassAsync(database, name, clock, cancellation);
    }
}
