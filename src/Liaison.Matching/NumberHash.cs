namespace Liaison.Matching;

/// <summary>
/// Where a folded number stands in a segment: part of the format (docs/spec/segment-format.md), so it never changes within a version.
/// Each step is a bijection, so numbers of up to ten characters never share a hash.
/// </summary>
internal static class NumberHash
{
    public static ulong Of(in NumberKey folded)
    {
        var hash = Mix(folded.A ^ 0x9E37_79B9_7F4A_7C15);
        var length = folded.Length;
        if (length <= NumberKey.PerWord) return hash;
        hash = Mix(hash ^ folded.B);
        if (length <= 2 * NumberKey.PerWord) return hash;
        hash = Mix(hash ^ folded.C);
        return length <= 3 * NumberKey.PerWord ? hash : Mix(hash ^ folded.D);
    }

    /// <summary>The finalizer of MurmurHash3 (public domain): every bit of the input reaches every bit of the result.</summary>
    private static ulong Mix(ulong h)
    {
        h = (h ^ h >> 33) * 0xFF51_AFD7_ED55_8CCD;
        h = (h ^ h >> 33) * 0xC4CE_B9FE_1A85_EC53;
        return h ^ h >> 33;
    }
}
