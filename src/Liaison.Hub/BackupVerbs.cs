using System.Globalization;
using System.Runtime.InteropServices;
using Liaison.Platform.Data;
using Liaison.Platform.Data.Backups;
using Npgsql;

namespace Liaison.Hub;

/// <summary><c>backup</c> and <c>restore</c>.</summary>
internal static class BackupVerbs
{
    private const int Refused = 1, WrongUse = 2;

    public static Task<int> BackUpAsync(IReadOnlyList<string> args) => RunAsync(args, make: false, async (target, owner, cancellation) =>
    {
        var clock = TimeProvider.System;
        var file = !Directory.Exists(target) ? target
            : Path.Combine(target, clock.GetUtcNow().ToString("'liaison-'yyyyMMdd'T'HHmmss'Z.backup'", CultureInfo.InvariantCulture));
        var manifest = await DatabaseBackup.WriteAsync(owner, file, clock, cancellation);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{file}: {manifest.Tables.Sum(t => t.Rows)} rows of {manifest.Tables.Count} tables, {new FileInfo(file).Length} bytes, complete up to position {manifest.Position}."));
    });

    public static Task<int> RestoreAsync(IReadOnlyList<string> args) => RunAsync(args, make: true, async (file, owner, cancellation) =>
    {
        await using var archive = await BackupArchive.OpenVerifiedAsync(file, cancellation);
        await DatabaseRestore.RunAsync(archive, owner, HubHost.Migrations, TimeProvider.System, cancellation);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Restored as of {archive.Manifest.At:u}: {archive.Manifest.Tables.Sum(t => t.Rows)} rows, position {archive.Manifest.Position}, with a history of its own."));
    });

    private static async Task<int> RunAsync(IReadOnlyList<string> args, bool make, Func<string, string, CancellationToken, Task> work)
    {
        if (Parse(args) is not var (file, dataFolder)) return await RefuseAsync("Name one file, and if need be --data DIR.", WrongUse);
        using var stopping = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await using var owner = await OwnerDatabase.OpenAsync(dataFolder, make, stopping.Token);
            await work(file, owner.ConnectionString, stopping.Token);
            return 0;
        }
        catch (OperationCanceledException)
        {
            return await RefuseAsync("Given up; nothing was left behind.", Refused);
        }
        catch (Exception expected) when (expected is UnsafeStartException or BackupRefusedException or SchemaMismatchException or IOException or UnauthorizedAccessException)
        {
            return await RefuseAsync(expected.Message, Refused);
        }
        catch (PostgresException refused)
        {
            // Its text may quote a value of a record.
            return await RefuseAsync($"PostgreSQL refused with SQLSTATE {refused.SqlState}; nothing was left behind.", Refused);
        }
        catch (NpgsqlException broken)
        {
            return await RefuseAsync($"The database does not answer: {broken.Message} Check the connection string.", Refused);
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stopping.IsCancellationRequested;
            stopping.Cancel();
        }
    }

    /// <summary>One file, and <c>--data</c>, in any order; null when it is anything else.</summary>
    internal static (string File, string DataFolder)? Parse(IReadOnlyList<string> args) => args switch
    {
        ["--data", { Length: > 0 } data, { Length: > 0 } file] when IsName(file) => (Path.GetFullPath(file), Path.GetFullPath(data)),
        [{ Length: > 0 } file, "--data", { Length: > 0 } data] when IsName(file) => (Path.GetFullPath(file), Path.GetFullPath(data)),
        [{ Length: > 0 } file] when IsName(file) => (Path.GetFullPath(file), Path.GetFullPath(ServeOptions.DefaultDataFolder)),
        _ => null,
    };

    private static bool IsName(string file) => !file.StartsWith('-');

    private static async Task<int> RefuseAsync(string line, int code)
    {
        await Console.Error.WriteLineAsync("liaison: " + line);
        return code;
    }
}
