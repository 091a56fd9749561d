using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Liaison.Platform.Searches;

/// <summary>
/// HMAC-SHA-256 (RFC 2104, FIPS 180-4) of eight short messages at once, one in each lane of a vector: a batch search marks hundreds of
/// thousands of numbers a second, and one call into the platform's library for each would cost as much as everything else together.
/// </summary>
/// <remarks>Immutable, thread-safe. A test holds it to the platform's own.</remarks>
internal sealed class HmacLanes
{
    public const int Lanes = 8;
    private const int BlockBytes = 64, Words = 16;

    private static readonly uint[] Start =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private static readonly uint[] Constants = RoundConstants();

    private readonly Vector256<uint>[] inner, outer;

    /// <param name="key">At most a block.</param>
    public HmacLanes(ReadOnlySpan<byte> key)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        block.Clear();
        key.CopyTo(block);
        (inner, outer) = (AfterKey(block, 0x36), AfterKey(block, 0x5c));
    }

    /// <param name="block">The padded message of each lane, as words; overwritten.</param>
    /// <param name="first">First 64 bits of each lane's code.</param>
    public void Compute(Span<Vector256<uint>> block, Span<ulong> first)
    {
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[8];
        inner.CopyTo(state);
        Compress(state, block);
        state.CopyTo(block);
        block[8] = Vector256.Create(0x8000_0000u);
        block[9..15].Clear();
        block[15] = Vector256.Create((uint)(BlockBytes + 32) * 8);
        outer.CopyTo(state);
        Compress(state, block);
        for (var lane = 0; lane < first.Length; lane++) first[lane] = (ulong)state[0][lane] << 32 | state[1][lane];
    }

    private static Vector256<uint>[] AfterKey(ReadOnlySpan<byte> key, byte pad)
    {
        Span<Vector256<uint>> block = stackalloc Vector256<uint>[Words];
        for (var i = 0; i < Words; i++)
        {
            var word = 0u;
            for (var b = 0; b < 4; b++) word = word << 8 | (byte)(key[4 * i + b] ^ pad);
            block[i] = Vector256.Create(word);
        }

        Vector256<uint>[] state = [.. Start.Select(Vector256.Create)];
        Compress(state, block);
        return state;
    }

    /// <summary>FIPS 180-4 §6.2.2. The sixteen words are those of the block, and then always the last sixteen of the schedule.</summary>
    private static void Compress(Span<Vector256<uint>> state, Span<Vector256<uint>> w)
    {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        for (var t = 0; t < 64; t++)
        {
            if (t >= Words)
            {
                var (early, late) = (w[(t + 1) & 15], w[(t + 14) & 15]);
                w[t & 15] += (Turn(early, 7) ^ Turn(early, 18) ^ early >>> 3) + w[(t + 9) & 15] + (Turn(late, 17) ^ Turn(late, 19) ^ late >>> 10);
            }

            var one = h + (Turn(e, 6) ^ Turn(e, 11) ^ Turn(e, 25)) + ((e & f) ^ Vector256.AndNot(g, e)) + Vector256.Create(Constants[t]) + w[t & 15];
            var two = (Turn(a, 2) ^ Turn(a, 13) ^ Turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + one, c, b, a, one + two);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Turn(Vector256<uint> x, [ConstantExpected] byte n) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(x, n) : x >>> n | x << 32 - n;

    /// <summary>The first 32 bits of the fractions of the cube roots of the first 64 primes, FIPS 180-4 §4.2.2.</summary>
    private static uint[] RoundConstants()
    {
        var constants = new List<uint>();
        for (var n = 2; constants.Count < 64; n++)
        {
            if (Enumerable.Range(2, n - 2).Any(d => n % d == 0)) continue;
            // The whole root of n·2⁹⁶ is the root of n with 32 bits of its fraction.
            var (target, root) = ((BigInteger)n << 96, BigInteger.Zero);
            for (var bit = 35; bit >= 0; bit--)
            {
                var more = root | BigInteger.One << bit;
                if (more * more * more <= target) root = more;
            }

            constants.Add((uint)(root & uint.MaxValue));
        }

        return [.. constants];
    }
}
