using Liaison.Members;
using Liaison.Platform.Data.Backups;
using Npgsql;

namespace Liaison.Hub;

/// <summary><c>break-glass NAME</c>: whoever holds the server may replace administrators that were lost. The audit tells it.</summary>
internal static class BreakGlass
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var (name, folder) = args switch
        {
            [var one] when !one.StartsWith('-') => (one, ServeOptions.DefaultDataFolder),
            [var one, "--data", var data] => (one, data),
            _ => (null, ""),
        };
        if (name is null) return Refuse("Say for whom: break-glass NAME [--data DIR].", 2);
        try
        {
            await using var database = await OwnerDatabase.OpenAsync(Path.GetFullPath(folder), make: false, CancellationToken.None);
            if (await MembersModule.BreakGlassAsync(database.ConnectionString, name, TimeProvider.System, CancellationToken.None) is not { } link)
                return Refuse($"{name} is no account name (a-z, 0-9, dot and hyphen), or is one of somebody who is no active administrator. Choose another.");
            Console.WriteLine($"Open this path at the hub's address within one hour; it works once: {link}");
            return 0;
        }
        catch (Exception expected) when (expected is UnsafeStartException or BackupRefusedException or NpgsqlException)
        {
            return Refuse(expected.Message);
        }
    }

    private static int Refuse(string line, int code = 1)
    {
        Console.Error.WriteLine("liaison: " + line);
        return code;
    }
}
