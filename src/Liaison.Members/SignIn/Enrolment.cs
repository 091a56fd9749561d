using Liaison.Members.Storage;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace Liaison.Members.SignIn;

/// <summary>Uses a link up and sets up how the person signs in, in one transaction: both happen, or neither.</summary>
/// <remarks>Belongs to one request.</remarks>
internal sealed class Enrolment(People people, Authenticators authenticators, Sessions sessions, TimeProvider clock)
{
    /// <returns>False when the link does not work any more.</returns>
    public Task<bool> WithPasskeyAsync(HttpContext http, string token, SignInAccount account, UserPasskeyInfo passkey, Guid id) =>
        RunAsync(http, token, account, id, Proof.Passkey, async (_, person) =>
        {
            await people.PutPasskeyAsync(person, passkey);
            return true;
        });

    /// <returns>The recovery codes, or null when the link does not work any more.</returns>
    public Task<IReadOnlyList<string>?> WithPasswordAsync(HttpContext http, string token, SignInAccount account, NewPassword password) =>
        RunAsync<IReadOnlyList<string>?>(http, token, account, Guid.CreateVersion7(clock.GetUtcNow()), Proof.Password, async (transaction, person) =>
        {
            await people.SetPasswordAsync(person, password.Password);
            await authenticators.SetAsync(transaction, account.Name, password.Key!, password.Step, http.RequestAborted);
            return await Authenticators.MakeRecoveryCodesAsync(transaction, account.Name, http.RequestAborted);
        });

    /// <returns>False when the link does not work any more, or the person is another account at the provider.</returns>
    public Task<bool> WithProviderAsync(HttpContext http, string token, SignInAccount account, string subject, ProviderProof proof) =>
        RunAsync(http, token, account, Guid.CreateVersion7(clock.GetUtcNow()), Proof.Provider, async (transaction, _) =>
            await transaction.Connection.DoAsync("""
                INSERT INTO members.provider_subject (account, provider, subject, bound_at, bound_by)
                SELECT $1, id, $3, $4, $1 FROM members.provider WHERE id = $2 AND member = $5 AND ended_at IS NULL
                ON CONFLICT DO NOTHING
                """, http.RequestAborted, account.Name, proof.Provider, subject, transaction.At, account.Member) == 1, proof);

    private async Task<T?> RunAsync<T>(HttpContext http, string token, SignInAccount account, Guid id, string how,
        Func<WriteTransaction, Person, Task<T>> work, ProviderProof? proof = null)
    {
        T result;
        await using (var transaction = await people.ChangeAsync(account.Name, http.RequestAborted))
        {
            if (!await Invitations.UseAsync(transaction, token, account.Name, http.RequestAborted)) return default;
            var person = await people.MakeAsync(transaction, account, id, http.RequestAborted);
            result = await work(transaction, person);
            if (result is false) return default;
            // The link ended all other sessions, which this one must not fail of.
            account = account with { Epoch = await People.EpochAsync(transaction, account.Name, http.RequestAborted) };
            await People.CommitAsync(transaction, new Act(account.Caller, SignInEvents.Enrolled), how, http.RequestAborted);
        }

        await sessions.BeginAsync(http, account, proof is null ? Proof.Invitation : Proof.Provider, proof);
        return result;
    }
}
