using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Liaison.Matching;
using Liaison.Platform.Secrets;

namespace Liaison.Platform.Searches;

/// <summary>What a fingerprint is made of.</summary>
/// <param name="Number">Numbers that are taken for one another have the same fingerprint.</param>
/// <param name="Issuer">Packed; 0 for a question without one.</param>
public readonly record struct Printed(NumberKey Number, ushort Issuer);

/// <summary>
/// Fingerprints by which a question of the past is found again: the first eight bytes of an HMAC under a key that is not in the database. Who
/// holds the database alone can neither try numbers nor compare two hubs.
/// </summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed class SearchPrints
{
    private const int MessageBytes = 32 + 2;
    private const string Label = "liaison kept searches ";

    private readonly HmacLanes[] keys;

    /// <param name="file">The hub's. What was kept under a line that is no longer in it is not found any more.</param>
    /// <param name="dataset">Each has a key of its own.</param>
    public SearchPrints(KeyFile file, string dataset) => keys = [.. file.Derive(Label + dataset).Select(key => new HmacLanes(key))];

    /// <summary>With the newest key.</summary>
    public ulong Of(Printed printed)
    {
        var print = 0ul;
        Of([printed], new Span<ulong>(ref print));
        return print;
    }

    /// <summary>With the newest key, one for each.</summary>
    public void Of(ReadOnlySpan<Printed> printed, Span<ulong> prints) => Of(keys[0], printed, prints);

    /// <summary>With every key that something may have been kept under.</summary>
    public IEnumerable<ulong[]> OfAll(Printed[] printed)
    {
        foreach (var key in keys)
        {
            var prints = new ulong[printed.Length];
            Of(key, printed, prints);
            yield return prints;
        }
    }

    private static void Of(HmacLanes key, ReadOnlySpan<Printed> printed, Span<ulong> prints)
    {
        Span<Vector256<uint>> block = stackalloc Vector256<uint>[16];
        Span<uint> words = stackalloc uint[16 * HmacLanes.Lanes];
        Span<byte> number = stackalloc byte[32];
        for (var from = 0; from < printed.Length; from += HmacLanes.Lanes)
        {
            var part = printed.Slice(from, Math.Min(HmacLanes.Lanes, printed.Length - from));
            words.Clear();
            for (var lane = 0; lane < part.Length; lane++)
            {
                part[lane].Number.WriteFolded(number);
                for (var i = 0; i < 8; i++) words[i * HmacLanes.Lanes + lane] = BinaryPrimitives.ReadUInt32BigEndian(number[(4 * i)..]);
                // The issuer, and the bit with which the padding begins.
                words[8 * HmacLanes.Lanes + lane] = (uint)part[lane].Issuer << 16 | 0x8000;
                words[15 * HmacLanes.Lanes + lane] = (64 + MessageBytes) * 8;
            }

            for (var i = 0; i < 16; i++) block[i] = Vector256.Create<uint>(words.Slice(i * HmacLanes.Lanes, HmacLanes.Lanes));
            key.Compute(block, prints.Slice(from, part.Length));
        }
    }
}
