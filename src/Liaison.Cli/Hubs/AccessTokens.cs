using System.Security.Cryptography;
using Liaison.Api;

namespace Liaison.Cli.Hubs;

/// <summary>
/// The token of each request: as it was given, or renewed shortly before it ends, by the sign-in or the key that the profile holds.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class AccessTokens(Hub hub, HttpClient http, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim renewing = new(1);
    private UserProfile? current = hub.SignIn?.Profile;

    /// <exception cref="SignInException">The hub gives none any more.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellation)
    {
        if (hub.SignIn is not { } signIn) return hub.Token;
        if (Usable(current) is { } known) return known;
        await renewing.WaitAsync(cancellation);
        try
        {
            if (Usable(current) is { } renewed) return renewed;
            using var file = await ProfileFile.HoldAsync(signIn.File, clock, cancellation);
            // Another command may have renewed it while this one waited.
            current = file.Find(signIn.Name) ?? throw new SignInException($"Profile \"{signIn.Name}\" is gone: liaison login --profile {signIn.Name}");
            if (Usable(current) is { } others) return others;
            var answer = await RenewAsync(current, signIn, cancellation);
            if (answer is not { AccessToken: { } token }) throw Refused(answer, current, signIn.Name);
            current = current.With(answer, clock.GetUtcNow());
            file.Put(signIn.Name, current);
            return token;
        }
        finally
        {
            renewing.Release();
        }
    }

    public void Dispose() => renewing.Dispose();

    private string? Usable(UserProfile? profile) =>
        profile is { Token: { } token } && !(profile.Expires < clock.GetUtcNow() + Ahead) ? token : null;

    private async Task<TokenAnswer> RenewAsync(UserProfile profile, SignIn signIn, CancellationToken cancellation)
    {
        var oauth = new OAuthClient(http);
        if (profile is not { Client: { } client, Key: { } key })
            return await oauth.RefreshAsync(profile.Refresh ?? throw new SignInException($"Sign in: liaison login --profile {signIn.Name}"), cancellation);
        var path = Path.Combine(Path.GetDirectoryName(signIn.File)!, key);
        try
        {
            return await oauth.ProveAsync(KeyAssertion.Sign(client, hub.Address, Profiles.ReadSecret(path), clock.GetUtcNow()), cancellation);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new SignInException($"The key of profile \"{signIn.Name}\" ({path}) cannot be used: a private key in PEM, mode 0600, EC on P-256 or P-384, or RSA.");
        }
    }

    private static SignInException Refused(TokenAnswer answer, UserProfile profile, string name) => profile.Client is { } client
        ? new($"The hub gave {client} no token: {answer.ErrorDescription ?? answer.Error}")
        : new($"Your sign-in has ended: liaison login --profile {name}");
}
