namespace Liaison.TravelDocuments.Demo;

/// <summary>
/// The SplitMix64 generator (Steele, Lea, Flood 2014). <see cref="Random"/> does not promise the same sequence in every release of the
/// runtime; demo data has to be the same on every machine. Not for secrets.
/// </summary>
internal sealed class SplitMix64(ulong seed)
{
    private ulong state = seed;

    /// <summary>
    /// A number from 0 to <paramref name="bound"/> − 1. The bias of the multiplication is below 2⁻³², which no demo can see.
    /// </summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>A number from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public int Between(int first, int last) => first + Below(last - first + 1);

    public bool Chance(int perCent) => Below(100) < perCent;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    private ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
