using Liaison.Platform.Jobs;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>Forgets what sign-in no longer needs.</summary>
internal static class SignInSweep
{
    /// <summary>Sessions and links that are over are told from the audit; their rows help nobody after a while.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    public static Job Of(TimeProvider clock) => new("signInSweep", TimeSpan.FromHours(1), async (connection, cancellation) =>
    {
        var now = clock.GetUtcNow();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Forget("DELETE FROM members.sign_in_attempt WHERE until < $1", now),
                Forget("DELETE FROM members.session WHERE until < $1", now - Remembered),
                Forget("DELETE FROM members.invitation WHERE until < $1", now - Remembered),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
    });

    private static NpgsqlBatchCommand Forget(string sql, DateTimeOffset before) => new(sql) { Parameters = { new() { Value = before } } };
}
