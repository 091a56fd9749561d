using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Liaison.Members.Domain;

/// <summary>Codes of an authenticator app: RFC 6238 with SHA-1, six digits and 30 seconds, which is what every such app can do.</summary>
internal static class Totp
{
    public const int KeyLength = 20;
    private const int Digits = 6;
    private const int Modulus = 1_000_000;

    /// <summary>RFC 6238 section 5.2: clocks of people are not exact; one step to either side.</summary>
    private const int Tolerance = 1;
    private const long StepSeconds = 30;

    /// <summary>The step of time that the code belongs to, or null when it belongs to none near <paramref name="at"/>.</summary>
    /// <param name="key">The shared secret.</param>
    /// <param name="code">As typed; spaces do not count.</param>
    /// <param name="at">Now.</param>
    public static long? StepOf(ReadOnlySpan<byte> key, string code, DateTimeOffset at)
    {
        var typed = Encoding.UTF8.GetBytes(code.Replace(" ", "", StringComparison.Ordinal));
        var now = at.ToUnixTimeSeconds() / StepSeconds;
        long? found = null;
        // All of them are computed whatever comes of the first, so that the time taken tells nothing.
        for (var step = now - Tolerance; step <= now + Tolerance; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(key, step)), typed)) found = step;
        }

        return found;
    }

    /// <summary>The code of a step (RFC 4226 section 5.3).</summary>
    public static string Code(ReadOnlySpan<byte> key, long step)
    {
        Span<byte> counter = stackalloc byte[8], mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238 with another hash is what many apps take and then ignore; HMAC does not need collision resistance.
        HMACSHA1.HashData(key, counter, mac);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[^1] & 0xF)..]) & int.MaxValue;
        return (number % Modulus).ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');
    }

    /// <summary>The code of the step that <paramref name="at"/> lies in.</summary>
    public static string Code(ReadOnlySpan<byte> key, DateTimeOffset at) => Code(key, at.ToUnixTimeSeconds() / StepSeconds);

    /// <summary>What an authenticator app reads from the picture.</summary>
    public static string Address(string account, ReadOnlySpan<byte> key) =>
        $"otpauth://totp/Liaison:{account}?secret={Base32.Encode(key)}&issuer=Liaison";
}
