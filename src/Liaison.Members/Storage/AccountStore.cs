using Liaison.Platform.Access;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Members.Storage;

/// <summary>Reads who a caller is and what it may do.</summary>
internal sealed class AccountStore(NpgsqlDataSource database)
{
    /// <summary>What OpenIddict calls an access token among its tokens.</summary>
    public const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";

    private static readonly Dictionary<string, MemberKind> Kinds = new()
    {
        ["country"] = MemberKind.Country,
        ["partner"] = MemberKind.Partner,
        ["secretariat"] = MemberKind.Secretariat,
        ["carrier"] = MemberKind.Carrier,
    };

    /// <summary>The caller and when its token ends; null when the token is unknown or has ended, or its account or member may not act.</summary>
    /// <param name="reference">Hash of the token, as OpenIddict keeps it.</param>
    /// <param name="now">The moment to judge by.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<(Caller Caller, DateTimeOffset ExpiresAt)?> FindByTokenAsync(
        string reference, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT a.name, a.member, m.kind, a.unit, a.permissions, a.default_purpose, t."ExpirationDate", z."CreationDate"
            FROM members."OpenIddictTokens" t
            JOIN members.account a ON a.name = t."Subject"
            JOIN members.member m ON m.code = a.member
            LEFT JOIN members."OpenIddictAuthorizations" z ON z."Id" = t."AuthorizationId"
            WHERE t."ReferenceId" = $1 AND t."Type" = $2 AND t."Status" = 'valid' AND t."ExpirationDate" > $3
                AND coalesce(z."Status", 'valid') = 'valid' AND a.state = 'active' AND m.suspended_at IS NULL
            """);
        command.Parameters.Add(new() { Value = reference });
        command.Parameters.Add(new() { Value = AccessToken });
        command.Parameters.Add(new() { Value = now });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation)) return null;
        var (caller, unit) = (Read(reader), reader.Text(3));
        var expiresAt = reader.GetFieldValue<DateTimeOffset>(6);
        caller = caller with { ProvedAt = reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7) };
        await reader.CloseAsync();
        return (await CompleteAsync(caller, unit, cancellation), expiresAt);
    }

    /// <summary>The caller that an account would be, and why it may not act at all; null when there is none of the name.</summary>
    public async Task<(Caller Caller, string? NotActive)?> FindByNameAsync(string name, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT a.name, a.member, m.kind, a.unit, a.permissions, a.default_purpose, a.state, m.suspended_at IS NOT NULL
            FROM members.account a JOIN members.member m ON m.code = a.member WHERE a.name = $1
            """);
        command.Parameters.Add(new() { Value = name });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation)) return null;
        var (caller, unit) = (Read(reader), reader.Text(3));
        var notActive = reader.GetBoolean(7) ? $"{caller.Member} is suspended. The secretariat restores it."
            : reader.GetString(6) is not "active" and var state ? $"The account is {state}." : null;
        await reader.CloseAsync();
        return (await CompleteAsync(caller, unit, cancellation), notActive);
    }

    private static Caller Read(NpgsqlDataReader reader) => new(reader.GetString(0), reader.GetString(1), Set(reader, 4), reader.Text(5))
    {
        MemberKind = Kinds[reader.GetString(2)],
    };

    /// <summary>Adds what the bureau lets the account's unit do, and the agreements of its member.</summary>
    private async Task<Caller> CompleteAsync(Caller caller, string? unit, CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("""
            SELECT name, permissions, purposes, withdrawn_at IS NOT NULL FROM members.unit
            WHERE $1 = name OR starts_with($1, name || '/') ORDER BY length(name)
            """) { Parameters = { new() { Value = unit ?? "" } } });
        batch.BatchCommands.Add(new("""
            SELECT dataset, access, purposes, since, least(until, ended_at) FROM members.agreement WHERE member = $1
            """) { Parameters = { new() { Value = caller.Member } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var units = new List<UnitGrant>();
        while (await reader.ReadAsync(cancellation))
            units.Add(new(reader.GetString(0), reader.GetBoolean(3) ? new HashSet<string>() : Set(reader, 1), reader.IsDBNull(2) ? null : Set(reader, 2)));
        await reader.NextResultAsync(cancellation);
        var agreements = new List<Agreement>();
        while (await reader.ReadAsync(cancellation))
        {
            var access = reader.GetString(1) == "search" ? AgreementAccess.Search : AgreementAccess.Contribute;
            agreements.Add(new(reader.GetString(0), access, Set(reader, 2), reader.GetFieldValue<DateTimeOffset>(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return caller with
        {
            Units = units,
            Agreements = agreements,
            Parties = PartyName.AllOf(caller.Member, unit),
        };
    }

    private static HashSet<string> Set(NpgsqlDataReader reader, int column) =>
        reader.GetFieldValue<string[]>(column).ToHashSet(StringComparer.Ordinal);
}
