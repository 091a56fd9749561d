namespace Liaison.Bench.Corpora;

/// <summary>
/// The numbers below a size in an order that looks random, each exactly once, without a table: a Feistel network that walks on while it
/// is outside. So documents and questions are distinct by construction, however many there are, and memory stays flat.
/// </summary>
/// <remarks>Immutable, thread-safe.</remarks>
internal sealed class Permutation
{
    private const int Rounds = 4;
    private readonly ulong seed;
    private readonly int half;
    private readonly ulong mask;

    public Permutation(long size, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        (Size, this.seed) = (size, seed);
        var bits = 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)size);
        half = Math.Max(1, (bits + 1) / 2);
        mask = (1ul << half) - 1;
    }

    public long Size { get; }

    /// <exception cref="ArgumentOutOfRangeException">The place is not below the size.</exception>
    public long At(long place)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Size);
        var at = (ulong)place;
        do
        {
            at = Step(at);
        }
        while (at >= (ulong)Size);

        return (long)at;
    }

    private ulong Step(ulong value)
    {
        var (left, right) = (value >> half, value & mask);
        for (var round = 0u; round < Rounds; round++)
        {
            var mixed = (right + seed + round * 0x9E37_79B9_7F4A_7C15) * 0xFF51_AFD7_ED55_8CCD;
            mixed = (mixed ^ mixed >> 32) * 0xC4CE_B9FE_1A85_EC53;
            (left, right) = (right, (left ^ mixed >> 29) & mask);
        }

        return left << half | right;
    }
}
