using System.Security.Cryptography;
using System.Text;
using Liaison.Platform.Secrets;

namespace Liaison.Platform.Webhooks;

/// <summary>How far a webhook is.</summary>
internal enum WebhookState
{
    /// <summary>It has not yet answered a first call.</summary>
    Checking,
    Active,
    Paused,
    Ended,
}

/// <summary>A webhook as the database holds it.</summary>
internal sealed record Webhook
{
    public required Guid Id { get; init; }
    public required string Member { get; init; }
    public required string Url { get; init; }

    /// <summary>Empty for all.</summary>
    public required string[] Types { get; init; }
    public required WebhookState State { get; init; }
    public required DateTimeOffset StateAt { get; init; }
    public string? Why { get; init; }
    public required SealedSecret Secret { get; init; }

    /// <summary>The one before, while both sign.</summary>
    public SealedSecret? OldSecret { get; init; }
    public DateTimeOffset? OldUntil { get; init; }
    public DateTimeOffset? FailingSince { get; init; }
    public long Waiting { get; init; }
    public long Dead { get; init; }

    /// <summary>
    /// The secrets that sign now; none when the key file does not open the newest. One before that it does not open is passed over, so that a new secret
    /// mends what a changed key file broke.
    /// </summary>
    public IReadOnlyList<byte[]> Secrets(KeyFile keys, DateTimeOffset now)
    {
        if (Secret.Open(keys) is not { } secret) return [];
        return now < OldUntil && OldSecret?.Open(keys) is { } old ? [secret, old] : [secret];
    }
}

/// <summary>A secret as it is stored.</summary>
/// <param name="Key">Of the key file, which sealed it.</param>
internal sealed record SealedSecret(string Key, byte[] Bytes)
{
    private const int Length = 32;

    /// <returns>A new one, and how the member is told it (Standard Webhooks §signature scheme).</returns>
    public static (SealedSecret Secret, string Told) Make(KeyFile keys)
    {
        var bytes = RandomNumberGenerator.GetBytes(Length);
        return (Of(bytes, keys), "whsec_" + Convert.ToBase64String(bytes));
    }

    /// <summary>The same, sealed by the newest line of the key file; null when no line opens it.</summary>
    public SealedSecret? Anew(KeyFile keys) => Open(keys) is { } bytes ? Of(bytes, keys) : null;

    /// <summary>Null when no line of the key file opens it.</summary>
    public byte[]? Open(KeyFile keys)
    {
        try
        {
            return keys.Open(Key, Bytes);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static SealedSecret Of(byte[] bytes, KeyFile keys)
    {
        var (key, closed) = keys.Seal(bytes);
        return new(key, closed);
    }
}

/// <summary>Says that a call is the hub's: Standard Webhooks 1.0, over id, time and body.</summary>
internal static class Signature
{
    /// <returns>The value of <c>webhook-signature</c>: one signature for each secret.</returns>
    public static string Of(IEnumerable<byte[]> secrets, string id, long seconds, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes(FormattableString.Invariant($"{id}.{seconds}.")), .. body];
        return string.Join(' ', secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, signed))));
    }
}

/// <summary>When what could not be told is tried again.</summary>
internal static class BackOff
{
    public const int MostAttempts = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(6);

    /// <summary>Three times as long each time, up to six hours: twenty tries take some two and a half days.</summary>
    /// <param name="attempts">So many have failed, at least one.</param>
    /// <param name="chance">From 0 to 1, so that what failed together does not come together again.</param>
    public static TimeSpan After(int attempts, double chance)
    {
        var seconds = Math.Min(Math.Pow(3, Math.Min(attempts - 1, 20)), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (0.75 + chance / 4));
    }
}
