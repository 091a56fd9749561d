using System.Text;

namespace Fuzz;

/// <summary>A short run of mutated seeds, the same on every machine.</summary>
internal static class FuzzRun
{
    private const int MostMutations = 6, LongestInput = 4096;

    // Bytes at which parsers decide: ends of ranges, line ends, quotes, separators, broken UTF-8.
    private static readonly byte[] Telling = [.. "\0\r\n\t \"',;<>{}[]:-/\\09AZaz"u8, 0x7F, 0x80, 0xC3, 0xE2, 0xEF, 0xF0, 0xFF];

    /// <summary>The first input that makes the body throw, with what it threw; null when none of the mutants does.</summary>
    internal static (byte[] Input, Exception Fault)? FirstFault(FuzzBody body, IReadOnlyList<byte[]> seeds, int mutantsPerSeed, int randomSeed)
    {
        var random = new Random(randomSeed);
        foreach (var seed in seeds)
        {
            if (Try(body, seed) is { } fault) return (seed, fault);
            for (var i = 0; i < mutantsPerSeed; i++)
            {
                var mutant = Mutate(seed, seeds, random);
                if (Try(body, mutant) is { } found) return (mutant, found);
            }
        }

        return null;
    }

    /// <summary>An input as text that can be pasted into a test.</summary>
    internal static string Show(byte[] input) => $"{Convert.ToHexString(input)} ({Encoding.Latin1.GetString(input)})";

    private static Exception? Try(FuzzBody body, byte[] input)
    {
        try
        {
            body(input);
            return null;
        }
        catch (Exception fault)
        {
            return fault;
        }
    }

    private static byte[] Mutate(byte[] seed, IReadOnlyList<byte[]> seeds, Random random)
    {
        var bytes = new List<byte>(seed);
        for (var left = random.Next(1, MostMutations + 1); left > 0; left--) Change(bytes, seeds, random);
        return [.. bytes.Take(LongestInput)];
    }

    private static void Change(List<byte> bytes, IReadOnlyList<byte[]> seeds, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = random.Next(Math.Min(bytes.Count - at, 40) + 1);
        switch (random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = Telling[random.Next(Telling.Length)];
                break;
            case 2:
                bytes.Insert(at, Telling[random.Next(Telling.Length)]);
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 5 when at + 1 < bytes.Count:
                (bytes[at], bytes[at + 1]) = (bytes[at + 1], bytes[at]);
                break;
            case 6:
                var other = seeds[random.Next(seeds.Count)];
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.Skip(random.Next(other.Length + 1)));
                break;
            default:
                if (at < bytes.Count) bytes[at] = (byte)random.Next(256);
                break;
        }
    }
}
