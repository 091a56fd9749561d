using System.Net;
using System.Security.Cryptography;
using System.Text;
using Liaison.Platform.Access;
using Liaison.Platform.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>
/// How often somebody may try to sign in, over all nodes: by the name that was typed, known or not, and by address. An attempt is counted before
/// it is judged, so that many at once are no way around. Passkeys are not counted by name: nobody guesses one, and a stranger's attempts
/// must not keep a person out.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed partial class Throttle(NpgsqlDataSource database, HubMetrics metrics, TimeProvider clock, ILogger<Throttle> log)
{
    /// <summary>NIST SP 800-63B-4 section 3.2.2 allows 100 in a row. An office shares an address.</summary>
    private const int PerName = 10;

    /// <summary>By the way in, each with a count of its own: who guesses passwords keeps nobody from a passkey, and who goes to a provider may come back or not.</summary>
    private static readonly Dictionary<string, int> PerNetwork = new() { [Proof.Password] = 100, [Proof.Passkey] = 100, [Proof.Provider] = 1_000 };

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>Counts an attempt.</summary>
    /// <param name="way">Password, passkey or provider: see <see cref="Proof"/>.</param>
    /// <param name="name">As typed, or null for a passkey.</param>
    /// <param name="address">Where it comes from.</param>
    /// <param name="cancellation">Of the request.</param>
    /// <returns>By how many the limit is passed: 0 lets it be judged; 1 is the first that is not.</returns>
    public async Task<int> ExcessAsync(string way, string? name, IPAddress? address, CancellationToken cancellation)
    {
        // Who is over the limit of its network adds nothing to the count of its site or of a name.
        foreach (var (key, limit) in Networks(way, address))
        {
            if (await CountAsync(key, cancellation) - limit is var over and > 0) return over;
        }

        return name is null ? 0 : Math.Max(await CountAsync(Key("name", name), cancellation) - PerName, 0);
    }

    /// <summary>The person came in: its earlier failures are forgotten, and the attempt is none of those that an address has.</summary>
    /// <param name="way">As it was counted.</param>
    /// <param name="name">As typed, or null for a passkey or a provider.</param>
    /// <param name="address">Where it came from.</param>
    /// <param name="cancellation">Of the request.</param>
    public async Task CameInAsync(string way, string? name, IPAddress? address, CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        // One row after the other, always in this order, so that two who come in at once never wait for each other.
        foreach (var (key, _) in Networks(way, address))
            batch.BatchCommands.Add(new("UPDATE members.sign_in_attempt SET count = count - 1 WHERE key = $1 AND count > 0") { Parameters = { new() { Value = key } } });
        if (name is not null) batch.BatchCommands.Add(new("DELETE FROM members.sign_in_attempt WHERE key = $1") { Parameters = { new() { Value = Key("name", name) } } });
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>
    /// Tells the operator of an attempt that came to nothing. Who names no account stands in no audit, which anybody could fill otherwise.
    /// </summary>
    /// <param name="way">See <see cref="Proof"/>.</param>
    /// <param name="reason">A word of the code, never what was typed.</param>
    /// <param name="address">Where it came from.</param>
    public void Failed(string way, string reason, IPAddress? address)
    {
        metrics.Unauthenticated();
        LogFailed(log, way, address?.ToString() ?? "", reason);
    }

    private async Task<int> CountAsync(byte[] key, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand("""
            INSERT INTO members.sign_in_attempt AS a (key, count, until) VALUES ($1, 1, $3)
            ON CONFLICT (key) DO UPDATE SET count = CASE WHEN a.until > $2 THEN a.count + 1 ELSE 1 END,
                until = CASE WHEN a.until > $2 THEN a.until ELSE $3 END
            RETURNING count
            """);
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now + Window });
        return (int)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static byte[] Key(string kind, string value) => SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {value}"));

    private static IEnumerable<(byte[] Key, int Limit)> Networks(string way, IPAddress? address)
    {
        var (network, limit) = (ClientNetwork.Of(address), PerNetwork[way]);
        yield return (Key(way, network.Near.ToString(null, null)), limit);
        if (network.Site is { } site) yield return (Key(way, site.ToString(null, null)), limit * ClientNetwork.NearOfSite);
    }

    [LoggerMessage(1, LogLevel.Warning, "Nobody came in by {Way} from {Address}: {Reason}")]
    private static partial void LogFailed(ILogger log, string way, string address, string reason);
}
