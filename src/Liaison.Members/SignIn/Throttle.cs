using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
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
    private const int PerName = 10, PerAddress = 100;

    /// <summary>Of IPv6 a subscriber has at least these many bits: those after them are his to choose.</summary>
    private const int NetworkBytes = 8;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>Counts an attempt.</summary>
    /// <param name="name">As typed, or null for a passkey.</param>
    /// <param name="address">Where it comes from.</param>
    /// <param name="cancellation">Of the request.</param>
    /// <returns>By how many the limit is passed: 0 lets it be judged; 1 is the first that is not.</returns>
    public async Task<int> ExcessAsync(string? name, IPAddress? address, CancellationToken cancellation)
    {
        // The address first: who is over its limit there adds nothing to the count of a name.
        var excess = await CountAsync(Key("address", Network(address)), cancellation) - PerAddress;
        if (excess <= 0 && name is not null) excess = await CountAsync(Key("name", name), cancellation) - PerName;
        return Math.Max(excess, 0);
    }

    /// <summary>The person came in: its earlier failures are forgotten.</summary>
    public async Task ForgetAsync(string name, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("DELETE FROM members.sign_in_attempt WHERE key = $1");
        command.Parameters.Add(new() { Value = Key("name", name) });
        await command.ExecuteNonQueryAsync(cancellation);
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

    private static string Network(IPAddress? address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, NetworkBytes))
            : address?.MapToIPv4().ToString() ?? "";

    [LoggerMessage(1, LogLevel.Warning, "Nobody came in by {Way} from {Address}: {Reason}")]
    private static partial void LogFailed(ILogger log, string way, string address, string reason);
}
