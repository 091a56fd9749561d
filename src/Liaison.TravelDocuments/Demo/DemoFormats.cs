using System.Globalization;

namespace Liaison.TravelDocuments.Demo;

/// <summary>
/// The formats of <c>data/travel-documents/demo-formats.csv</c>; issuer <c>*</c> there stands for every issuer of the file.
/// </summary>
internal sealed class DemoFormats
{
    private readonly int[] upTo;

    private DemoFormats(IReadOnlyList<DemoNumberFormat> all)
    {
        All = all;
        upTo = new int[all.Count];
        var sum = 0;
        for (var i = 0; i < upTo.Length; i++) upTo[i] = sum += all[i].Weight;
    }

    public IReadOnlyList<DemoNumberFormat> All { get; }

    public static DemoFormats Load()
    {
        var rows = DemoData.Rows("demo-formats.csv").Select(cells =>
            new DemoNumberFormat(cells[0], cells[1], cells[2], int.Parse(cells[3], CultureInfo.InvariantCulture))).ToList();
        var named = rows.Where(row => row.Issuer != "*").ToList();
        var shared = named.Select(row => row.Issuer).Distinct()
            .SelectMany(issuer => rows.Where(row => row.Issuer == "*").Select(row => row with { Issuer = issuer }));
        return new DemoFormats([.. named, .. shared]);
    }

    /// <summary>A format, the likelier the greater its weight.</summary>
    public DemoNumberFormat Pick(SplitMix64 random)
    {
        var found = Array.BinarySearch(upTo, random.Below(upTo[^1]) + 1);
        return All[found < 0 ? ~found : found];
    }
}
