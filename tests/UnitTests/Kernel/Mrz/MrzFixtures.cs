using Liaison.Kernel.Mrz;

namespace UnitTests.Kernel.Mrz;

/// <summary>One row of <c>mrz-cases.csv</c>: a zone and verdicts that were computed independently of any library.</summary>
public sealed record MrzFixture(string Id, string Format, string[] Lines, string[] Verdicts)
{
    public override string ToString() => Id;
}

internal static class MrzFixtures
{
    internal static readonly DateOnly Today = new(2026, 6, 1);

    internal static IReadOnlyList<MrzFixture> All { get; } = Read();

    internal static MrzFixture Case(string id) => All.Single(fixture => fixture.Id == id);

    internal static MrzZone Parse(string text)
    {
        var parsed = MrzParser.Parse(text, Today);
        Assert.True(parsed.Is(out var zone), string.Join(' ', parsed.Problems.Select(problem => problem.Code)));
        return zone;
    }

    internal static MrzZone Parse(params string[] lines) => Parse(string.Join('\n', lines));

    internal static Stream Open(string file) =>
        typeof(MrzFixtures).Assembly.GetManifestResourceStream($"mrz/{file}") ?? throw new InvalidDataException(file);

    private static List<MrzFixture> Read()
    {
        using var reader = new StreamReader(Open("mrz-cases.csv"));
        Assert.StartsWith("id,format,line1,line2,line3,doc_number,birth,expiry,personal,composite,", reader.ReadLine());
        List<MrzFixture> rows = [];
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            var cells = line.Split(',');
            rows.Add(new(cells[0], cells[1], [.. cells[2..5].Where(cell => cell.Length > 0)], cells[5..10]));
        }

        return rows;
    }
}
