using System.Collections.Frozen;
using Liaison.Kernel.Text;

namespace Liaison.Kernel.Issuers;

/// <summary>
/// The codes of ICAO Doc 9303-3 section 5 (parts A–H), of ISO 3166-1 and the withdrawn ones of ISO 3166-3. ISO alone would miss
/// <c>D</c>, <c>UNO</c>, <c>XOM</c>, <c>EUE</c> and every other issuer that is no country.
/// </summary>
/// <remarks>Thread-safe: read once from the assembly, immutable afterwards.</remarks>
public static class IssuingCodes
{
    private const int Letters = 26, Radix = Letters + 1;

    // De facto spellings of Kosovo on documents and in records; 9303-3 part A has RKS.
    private static readonly string[] KosovoSpellings = ["XKK", "XXK", "XKX"];

    private static readonly FrozenDictionary<string, IssuingCode> Spellings = MakeSpellings(IssuingCodeTable.Read());

    private static readonly FrozenDictionary<string, IssuingCode>.AlternateLookup<ReadOnlySpan<char>> BySpan =
        Spellings.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Every code once, in the order of <see cref="IssuingCode.Code"/>.</summary>
    public static IReadOnlyList<IssuingCode> All { get; } =
        [.. Spellings.Values.Distinct().OrderBy(code => code.Code, StringComparer.Ordinal)];

    /// <summary>
    /// The code that <paramref name="code"/> spells, or null. Case does not matter, fillers at the end are dropped; <c>D</c>,
    /// <c>D&lt;&lt;</c> and <c>DEU</c> are one, and so are <c>RKS</c>, <c>XKK</c>, <c>XXK</c> and <c>XKX</c>. Look at
    /// <see cref="IssuingCode.Use"/> before taking it as an issuer.
    /// </summary>
    public static IssuingCode? Find(ReadOnlySpan<char> code) =>
        BySpan.TryGetValue(code.TrimEnd('<'), out var found) ? found : null;

    /// <summary>
    /// The codes that differ from the text in exactly one character, by a look-alike (<see cref="Confusables"/>): <c>UT0</c> → UTO,
    /// <c>GBD</c> → GBO. Never the code itself. Case and fillers as in <see cref="Find"/>.
    /// </summary>
    public static IReadOnlyList<IssuingCode> OneConfusableAway(ReadOnlySpan<char> code)
    {
        var text = code.TrimEnd('<');
        if (text.Length is 0 or > 3) return [];
        Span<char> near = stackalloc char[text.Length];
        if (text.ToUpperInvariant(near) < 0) return [];
        var itself = Find(text);
        List<IssuingCode> found = [];
        for (var i = 0; i < near.Length; i++)
        {
            var printed = near[i];
            foreach (var other in Confusables.LookAlikes(printed))
            {
                near[i] = other;
                if (Find(near) is { } candidate && candidate != itself && !found.Contains(candidate)) found.Add(candidate);
            }

            near[i] = printed;
        }

        return found;
    }

    /// <summary>
    /// A three-letter code as one number, 1–19,682: its letters as digits of base 27 with A = 1. Needs no table and so never changes
    /// its meaning; made for the matching index.
    /// </summary>
    /// <exception cref="ArgumentException">Not three letters A–Z: only a <see cref="IssuingCode.Code"/> may be packed.</exception>
    public static ushort Pack(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        if (code.Length != 3) throw new ArgumentException("A code has three letters.", nameof(code));
        var packed = 0;
        foreach (var c in code)
        {
            if (!char.IsAsciiLetterUpper(c)) throw new ArgumentException("A code has the letters A-Z only.", nameof(code));
            packed = packed * Radix + (c - 'A' + 1);
        }

        return (ushort)packed;
    }

    /// <summary>The code that <see cref="Pack"/> made the number from.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No code has this number.</exception>
    public static string Unpack(ushort packed)
    {
        var (first, second, third) = (packed / (Radix * Radix), packed / Radix % Radix, packed % Radix);
        if (first is < 1 or > Letters || second == 0 || third == 0) throw new ArgumentOutOfRangeException(nameof(packed));
        return new string([Letter(first), Letter(second), Letter(third)]);

        static char Letter(int digit) => (char)('A' + digit - 1);
    }

    private static FrozenDictionary<string, IssuingCode> MakeSpellings(IReadOnlyList<IssuingCode> codes)
    {
        var spellings = new Dictionary<string, IssuingCode>(StringComparer.OrdinalIgnoreCase);
        foreach (var code in codes)
        {
            spellings.Add(code.Code, code);
            spellings.TryAdd(code.PrintedAs, code);
        }

        foreach (var spelling in KosovoSpellings) spellings.Add(spelling, spellings["RKS"]);
        return spellings.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
