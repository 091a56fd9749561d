using System.Text;
using Liaison.Kernel.Mrz;

namespace Fuzz.Targets;

internal static class MrzTarget
{
    private static readonly DateOnly Today = new(2026, 6, 1);

    /// <summary>Any bytes, as UTF-8 and as Latin-1: a zone that agrees with itself, or problems; never an exception.</summary>
    [FuzzTarget("mrz")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        Check(Encoding.UTF8.GetString(data));
        Check(Encoding.Latin1.GetString(data));
    }

    private static void Check(string text)
    {
        var parsed = MrzParser.Parse(text, Today);
        if (!parsed.Is(out var zone))
        {
            foreach (var problem in parsed.Problems) Assert.StartsWith("mrz", problem.Code);
            Assert.NotEmpty(parsed.Problems);
            return;
        }

        Assert.True(text.Length <= 300);
        Assert.All(zone.Printed, line => Assert.True(CheckDigit.Of(line) >= 0));
        Assert.Equal(zone.Printed.Select(line => line.Length), zone.Lines.Select(line => line.Length));
        Assert.Equal(zone.Repairs.Count, zone.Printed.Zip(zone.Lines).Sum(pair => pair.First.Zip(pair.Second).Count(c => c.First != c.Second)));

        // What was printed reads the same again; what was repaired is as good as it was said to be.
        var again = MrzParser.Parse(string.Concat(zone.Printed), Today).Value!;
        Assert.Equal(zone.Lines, again.Lines);
        Assert.Equal(zone.Document.Checks, again.Document.Checks);
        Assert.Equal(zone.Document.RepairedNumbers, again.Document.RepairedNumbers);
        var repaired = MrzParser.Parse(string.Concat(zone.Lines), Today).Value!;
        if (repaired.Document.Format == zone.Document.Format) Assert.Equal(zone.Document.RepairedChecks, repaired.Document.Checks);
        else Assert.Equal((MrzFormat.FrenchId, MrzFormat.Td2), (zone.Document.Format, repaired.Document.Format));
    }
}
