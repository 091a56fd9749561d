using Liaison.Platform.Searches;

namespace Fuzz.Targets;

internal static class KeptRowTarget
{
    /// <summary>Any bytes as a row of kept searches: none, or one that every place of leads to a mark, and that is written back as it was meant.</summary>
    [FuzzTarget("keptRow")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        List<ulong> prints = [];
        var earliest = KeptRow.Skim(data, prints);
        if (KeptRow.Read(data) is not { } row)
        {
            Assert.Null(earliest);
            Assert.Empty(prints);
            return;
        }

        Assert.Equal(row.Inquiries.SelectMany(i => i.Marks).Select(m => m.Print), prints);
        var marks = row.Inquiries.Sum(i => i.Marks.Count);
        Assert.InRange(marks, 0, 1 << KeptRow.PlaceBits);
        Assert.Null(row.At(marks));
        if (marks == 0) return;
        Assert.NotNull(row.At(marks - 1));
        var again = KeptRow.Pack(row.Inquiries.Select(i => (i.Marks.Count, i.Encode()))).SelectMany(bytes => KeptRow.Read(bytes)!.Inquiries).ToArray();
        Assert.Equal(row.Inquiries.SelectMany(i => i.Marks), again.SelectMany(i => i.Marks));
        Assert.Equal(row.Inquiries.Select(i => (i.Entry, i.At, i.Position)), again.Select(i => (i.Entry, i.At, i.Position)));
    }
}
