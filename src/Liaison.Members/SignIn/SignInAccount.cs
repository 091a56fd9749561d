using Liaison.Platform.Access;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>What sign-in needs to know of an account.</summary>
/// <param name="Name">The account.</param>
/// <param name="Member">The member that answers for it.</param>
/// <param name="Title">What people call it.</param>
/// <param name="MaySignIn">False when the account is not active or its member is suspended.</param>
/// <param name="Epoch">How often all sessions of the account were ended: a proof from before the last time begins none.</param>
internal sealed record SignInAccount(string Name, string Member, string Title, bool MaySignIn, long Epoch)
{
    public Caller Caller => new(Name, Member, new HashSet<string>(), null);

    /// <summary>Null when there is no person of this name.</summary>
    public static async Task<SignInAccount?> FindAsync(NpgsqlDataSource database, string name, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT a.name, a.member, a.title, a.state = 'active' AND m.suspended_at IS NULL, a.sign_in_epoch
            FROM members.account a JOIN members.member m ON m.code = a.member WHERE a.name = $1 AND a.kind = 'person'
            """);
        command.Parameters.Add(new() { Value = name });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Of(reader) : null;
    }

    /// <summary>From a row of name, member, title, whether it may sign in, epoch.</summary>
    public static SignInAccount Of(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetInt64(4));
}
