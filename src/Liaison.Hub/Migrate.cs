using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Hub;

/// <summary><c>migrate</c>: brings the production database up to this build's schema, as its owner.</summary>
internal static class Migrate
{
    public static async Task<int> RunAsync()
    {
        try
        {
            if (HubEnvironment.OwnerDatabase is not { } owner)
            {
                await Console.Error.WriteLineAsync("liaison: set LIAISON_OWNER_DATABASE to a connection string of the role liaison_owner.");
                return 2;
            }

            var ran = await Migrator.MigrateAsync(owner, HubHost.Migrations, TimeProvider.System, CancellationToken.None);
            Console.WriteLine(ran == 0 ? "The schema is current." : $"{ran} migrations ran.");
            return 0;
        }
        catch (Exception expected) when (expected is UnsafeStartException or SchemaMismatchException or NpgsqlException)
        {
            await Console.Error.WriteLineAsync("liaison: " + expected.Message);
            return 1;
        }
    }
}
