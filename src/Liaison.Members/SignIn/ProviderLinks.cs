using Liaison.Members.Providers;
using Liaison.Members.SignIn.Pages;
using Liaison.Members.Storage;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>
/// The providers that a page may show: to whom a link was made out, those of its member; to whom is signed in, its own. Nobody else is shown any.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProviderLinks(NpgsqlDataSource database)
{
    /// <summary>The provider with the code, unless it has ended.</summary>
    public async Task<ProviderRow?> FindAsync(string code, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ProviderStore.FindAsync(connection, code, cancellation) is { IsOpen: true } provider ? provider : null;
    }

    public async Task<IReadOnlyList<HubPage.Way>> OfMemberAsync(string member, string token, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. (await ProviderStore.OpenAsync(connection, member, cancellation)).Select(p => new HubPage.Way(p.Title, ProviderPaths.Enrol(p.Code, token)))];
    }

    public async Task<HubPage.Way?> OfAccountAsync(string account, string next, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ProviderStore.OfAccountAsync(connection, account, cancellation) is { } p ? new(p.Title, ProviderPaths.SignIn(p.Code, next)) : null;
    }
}
