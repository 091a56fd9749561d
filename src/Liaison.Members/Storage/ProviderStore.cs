using Liaison.Platform.Data;
using Npgsql;
using Wire = Liaison.Api.Members.Provider;

namespace Liaison.Members.Storage;

/// <summary>A provider as the hub keeps it.</summary>
/// <param name="Id">In rows that point to it.</param>
/// <param name="Now">What it is.</param>
/// <param name="SealedKey">The hub's key for it.</param>
internal sealed record ProviderRow(Guid Id, Wire Now, string SealedKey)
{
    public bool IsOpen => Now.EndedAt is null;
}

/// <summary>Reads members' OpenID Connect providers.</summary>
internal static class ProviderStore
{
    private const string Columns =
        "id, key, code, member, issuer, client_id, title, authentication, algorithms, acr, amr, made_at, made_by, ended_at";

    /// <summary>No code is longer.</summary>
    private const int LongestCode = 32;

    public static async Task<ProviderRow?> FindAsync(NpgsqlConnection connection, string? code, CancellationToken cancellation) =>
        code is not { Length: > 0 and <= LongestCode } || !code.All(char.IsAsciiLetterOrDigit) ? null
            : (await connection.ReadAsync($"SELECT {Columns} FROM members.provider WHERE code = $1", Row, cancellation, code)).SingleOrDefault();

    /// <summary>Those by which persons of the member may sign in now.</summary>
    public static async Task<List<Wire>> OpenAsync(NpgsqlConnection connection, string member, CancellationToken cancellation) =>
        [.. (await connection.ReadAsync($"SELECT {Columns} FROM members.provider WHERE member = $1 AND ended_at IS NULL ORDER BY title, id", Row,
            cancellation, member)).Select(r => r.Now)];

    /// <summary>The one that an account is bound to, if it has not ended.</summary>
    public static async Task<Wire?> OfAccountAsync(NpgsqlConnection connection, string account, CancellationToken cancellation) =>
        (await connection.ReadAsync($"""
            SELECT {Columns} FROM members.provider
            WHERE ended_at IS NULL AND id = (SELECT provider FROM members.provider_subject WHERE account = $1)
            """, Row, cancellation, account)).SingleOrDefault()?.Now;

    /// <param name="connection">Any.</param>
    /// <param name="member">Whose; null for all.</param>
    /// <param name="cancellation">Of the request.</param>
    public static async Task<List<Wire>> ListAsync(NpgsqlConnection connection, string? member, CancellationToken cancellation) =>
        [.. (await connection.ReadAsync($"SELECT {Columns} FROM members.provider WHERE $1::text IS NULL OR member = $1 ORDER BY member, id", Row,
            cancellation, member)).Select(r => r.Now)];

    private static ProviderRow Row(NpgsqlDataReader r) => new(r.GetGuid(0), new()
    {
        Code = r.GetString(2), Member = r.GetString(3), Issuer = r.GetString(4), ClientId = r.GetString(5), Title = r.GetString(6),
        Authentication = r.GetString(7), Algorithms = r.Texts(8), Acr = r.Texts(9), Amr = r.Texts(10), MadeAt = r.GetFieldValue<DateTimeOffset>(11),
        MadeBy = r.GetString(12), EndedAt = r.MomentOrNone(13),
        SignIn = Providers.ProviderPaths.SignIn(r.GetString(2)), RedirectUri = Providers.ProviderPaths.Back(r.GetString(2)),
        Keys = Providers.ProviderPaths.Keys(r.GetString(2)),
    }, r.GetString(1));
}
