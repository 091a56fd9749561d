using Liaison.Platform.Access;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>What sign-in needs to know of an account.</summary>
/// <param name="Name">The account.</param>
/// <param name="Member">The member that answers for it.</param>
/// <param name="Title">What people call it.</param>
/// <param name="MaySignIn">False when the account is not active or its member is suspended.</param>
internal sealed record SignInAccount(string Name, string Member, string Title, bool MaySignIn)
{
    public Caller Caller => new(Name, Member, new HashSet<string>(), null);

    /// <summary>Null when there is no person of this name.</summary>
    public static async Task<SignInAccount?> FindAsync(NpgsqlDataSource database, string name, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT a.name, a.member, a.title, a.state = 'active' AND m.suspended_at IS NULL
            FROM members.account a JOIN members.member m ON m.code = a.member WHERE a.name = $1 AND a.kind = 'person'
            """);
        command.Parameters.Add(new() { Value = name });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3)) : null;
    }
}
