using Liaison.Members.OAuth;
using Liaison.Members.Storage;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>
/// How persons sign in, as ASP.NET Core Identity keeps it, within changes that are audited: a change is one transaction of the hub, which
/// Identity's store takes part in.
/// </summary>
/// <remarks>Belongs to one request.</remarks>
internal sealed class People(UserManager<Person> users, SignInContext context, NpgsqlDataSource database, Decoy decoy, TimeProvider clock)
{
    /// <summary>Null when the account was never enrolled.</summary>
    public Task<Person?> FindAsync(string account) => users.FindByNameAsync(account);

    /// <summary>True when it is the person's password. Takes as long for nobody and for who has none.</summary>
    public async Task<bool> IsPasswordAsync(Person? person, string password)
    {
        var judged = users.PasswordHasher.VerifyHashedPassword(decoy.Person, person?.PasswordHash ?? decoy.Hash, password);
        if (person?.PasswordHash is null || judged is PasswordVerificationResult.Failed) return false;
        if (judged is PasswordVerificationResult.SuccessRehashNeeded)
        {
            person.PasswordHash = users.PasswordHasher.HashPassword(person, password);
            await users.UpdateAsync(person);
        }

        return true;
    }

    /// <summary>Begins a change of how the account signs in; changes of one account wait for one another.</summary>
    public async Task<WriteTransaction> ChangeAsync(string account, CancellationToken cancellation)
    {
        var transaction = await HoldAsync(account, cancellation);
        context.ChangeTracker.Clear();
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        context.Database.SetDbConnection(transaction.Connection);
        return transaction;
    }

    /// <summary>Holds the account's row: nobody changes how it signs in, or ends what it has signed in to, until this ends.</summary>
    public async Task<WriteTransaction> HoldAsync(string account, CancellationToken cancellation)
    {
        var transaction = await WriteTransaction.BeginAsync(database, clock, cancellation);
        try
        {
            await transaction.Connection.DoAsync("SELECT FROM members.account WHERE name = $1 FOR UPDATE", cancellation, account);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the person anew; whatever it signed in with before is gone, and whatever was signed in.</summary>
    public async Task<Person> MakeAsync(WriteTransaction transaction, SignInAccount account, Guid id, CancellationToken cancellation)
    {
        if (await FindAsync(account.Name) is { } old) Require(await users.DeleteAsync(old));
        await Authenticators.RemoveAsync(transaction, account.Name, cancellation);
        await transaction.Connection.DoAsync("DELETE FROM members.provider_subject WHERE account = $1", cancellation, account.Name);
        await Sessions.EndAsync(transaction, account.Name, null, null, cancellation);
        await SignIns.RevokeAllAsync(transaction, account.Name, cancellation);
        var person = new Person { Id = id, UserName = account.Name };
        Require(await users.CreateAsync(person));
        return person;
    }

    /// <summary>See <see cref="SignInAccount.Epoch"/>; the change holds the account's row.</summary>
    public static async Task<long> EpochAsync(WriteTransaction transaction, string account, CancellationToken cancellation) =>
        (await transaction.Connection.ReadAsync("SELECT sign_in_epoch FROM members.account WHERE name = $1", r => r.GetInt64(0), cancellation, account)).Single();

    /// <summary>Whether the member's provider is a way in of the person.</summary>
    public static async Task<bool> IsBoundAsync(WriteTransaction transaction, Person person, CancellationToken cancellation) =>
        (await transaction.Connection.ReadAsync("""
            SELECT 1 FROM members.provider_subject s JOIN members.provider p ON p.id = s.provider AND p.ended_at IS NULL WHERE s.account = $1
            """, r => r.GetInt32(0), cancellation, person.UserName)).Count > 0;

    public async Task SetPasswordAsync(Person person, string? password)
    {
        person.PasswordHash = password is null ? null : users.PasswordHasher.HashPassword(person, password);
        Require(await users.UpdateAsync(person));
    }

    public Task<IList<UserPasskeyInfo>> PasskeysAsync(Person person) => users.GetPasskeysAsync(person);

    public async Task PutPasskeyAsync(Person person, UserPasskeyInfo passkey) => Require(await users.AddOrUpdatePasskeyAsync(person, passkey));

    /// <summary>The passkey's counter moves with every use; false when another use of it came between.</summary>
    public async Task<bool> CountUseAsync(Person person, UserPasskeyInfo passkey) => (await users.AddOrUpdatePasskeyAsync(person, passkey)).Succeeded;

    public async Task RemovePasskeyAsync(Person person, byte[] credential) => Require(await users.RemovePasskeyAsync(person, credential));

    /// <summary>Commits a change with its audit entry.</summary>
    public static async Task CommitAsync(
        WriteTransaction transaction, Act act, string outcome, CancellationToken cancellation)
    {
        transaction.Add(act.Entry(outcome, transaction.At));
        await transaction.CommitAsync(AccessChanges.Module, cancellation);
    }

    /// <exception cref="InvalidOperationException">Identity refused what our rules allow: a fault of the code, or somebody changed it meanwhile.</exception>
    private static void Require(IdentityResult result)
    {
        if (!result.Succeeded) throw new InvalidOperationException(string.Join(", ", result.Errors.Select(e => e.Code)));
    }
}

/// <summary>What the password of nobody is compared with, so that a known name answers no later than an unknown one.</summary>
internal sealed class Decoy
{
    public Decoy(IPasswordHasher<Person> hasher) => Hash = hasher.HashPassword(Person, Guid.NewGuid().ToString());

    public Person Person { get; } = new();

    public string Hash { get; }
}
