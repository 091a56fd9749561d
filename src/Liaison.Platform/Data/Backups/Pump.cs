using System.Buffers;
using System.Security.Cryptography;

namespace Liaison.Platform.Data.Backups;

/// <summary>What went through: its length, its lines and its SHA-256 in hexadecimal.</summary>
internal readonly record struct Pumped(long Bytes, long Lines, string Sha256);

/// <summary>Moves a stream of any length in pieces of one buffer, and says what it was.</summary>
internal static class Pump
{
    private const int BufferBytes = 128 * 1024;

    /// <param name="from">Read to its end.</param>
    /// <param name="to">Written to, not closed.</param>
    /// <param name="cancellation">Stops in the middle.</param>
    public static async Task<Pumped> RunAsync(Stream from, Stream to, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        long bytes = 0, lines = 0;
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, cancellation)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                bytes += read;
                lines += buffer.AsSpan(0, read).Count((byte)'\n');
                await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new(bytes, lines, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
