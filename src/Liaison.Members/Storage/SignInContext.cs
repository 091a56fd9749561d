using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Liaison.Members.Storage;

/// <summary>
/// How a person signs in: password, authenticator, passkeys, lock-out. What the person may do is its account (<c>members.account</c>), whose
/// name is the user name.
/// </summary>
internal sealed class Person : IdentityUser<Guid>
{
}

/// <summary>
/// The tables that ASP.NET Core Identity and OpenIddict keep by themselves. Nothing else goes through EF Core
/// (docs/adr/0006-plain-sql-instead-of-ef-core.md); the numbered migrations make the tables, and a test holds this model against them.
/// </summary>
internal sealed class SignInContext(DbContextOptions<SignInContext> options) : IdentityUserContext<Person, Guid>(options)
{
    protected override Version SchemaVersion => IdentitySchemaVersions.Version3;

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.HasDefaultSchema("members");
    }
}
