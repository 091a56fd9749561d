using Liaison.Members.OAuth;
using Liaison.Members.Storage;
using Liaison.Platform.Data;
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

    /// <param name="services">The host's.</param>
    /// <param name="frontage">How the hub is reached.</param>
    /// <param name="isDevelopment">Systems may use a plain secret.</param>
    public static IServiceCollection AddMembers(this IServiceCollection services, Frontage frontage, bool isDevelopment)
    {
        services.AddDbContext<SignInContext>((s, o) => o.UseNpgsql(s.GetRequiredService<NpgsqlDataSource>()).UseOpenIddict<Guid>());
        services.AddOAuth(frontage, isDevelopment);
        return services;
    }

    public static void MapMembers(this IEndpointRouteBuilder app)
    {
        app.MapOAuth();
    }
}
