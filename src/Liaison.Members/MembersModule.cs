using Liaison.Members.SignIn;
using Liaison.Members.Storage;
using Liaison.Platform.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Liaison.Members;

/// <summary>Members, their units and accounts, the agreements between them, and how people and systems prove who they are.</summary>
public static class MembersModule
{
    /// <summary>As its change sets are called in the change log.</summary>
    internal const string Name = "members";

    public static IReadOnlyList<Migration> Migrations { get; } = Migration.Of(typeof(MembersModule).Assembly);

    public static IServiceCollection AddMembers(this IServiceCollection services)
    {
        services.AddDbContext<SignInContext>((s, o) => o.UseNpgsql(s.GetRequiredService<NpgsqlDataSource>()).UseOpenIddict<Guid>());
        services.AddSignIn();
        return services;
    }

    public static void MapMembers(this IEndpointRouteBuilder app) => app.MapSignIn();
}
