using System.Globalization;
using System.Text;
using Liaison.TravelDocuments.Import;
using UnitTests.Platform;

namespace UnitTests.TravelDocuments;

/// <summary>For tests of the heap, which all tests share: they run when nothing else does.</summary>
[CollectionDefinition(nameof(HeapTests), DisableParallelization = true)]
public sealed class HeapTests;

[Collection(nameof(HeapTests))]
public sealed class ImportRowsTests
{
    private const int Rows = 400_000;

    /// <summary>The heap may hold some pieces of the file and what the collector has not looked at, never a share of the file.</summary>
    private const long MostHeap = 16L << 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Memory_stays_flat_whatever_the_size_of_the_file(bool isCsv)
    {
        await using var file = new Generated(isCsv);
        var rows = isCsv ? ImportRows.ReadCsvAsync(file, CancellationToken.None) : ImportRows.ReadNdjsonAsync(file, CancellationToken.None);
        var (count, most, before) = (0, 0L, GC.GetTotalMemory(forceFullCollection: true));
        await foreach (var row in rows)
        {
            Assert.NotNull(row.Request);
            if (++count % 50_000 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        Assert.Equal(Rows, count);
        Assert.True(file.Given > 4 * MostHeap, "The file must be larger than what it is held against.");
        Assert.True(most < MostHeap, $"{most >> 20} MiB are held.");
    }

    /// <summary>A file that is nowhere whole: each row is made when it is read.</summary>
    private sealed class Generated(bool isCsv) : ForwardStream
    {
        private static readonly string Padding = new('x', 200);
        private byte[] rest = isCsv ? "number,issuer,kind,status,additionalInformation\n"u8.ToArray() : [];
        private int row;

        public long Given { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            if (rest.Length == 0 && row < Rows) rest = Encoding.ASCII.GetBytes(Row(row++));
            var count = Math.Min(rest.Length, buffer.Length);
            rest.AsSpan(0, count).CopyTo(buffer);
            rest = rest[count..];
            Given += count;
            return count;
        }

        private string Row(int number) => isCsv
            ? string.Create(CultureInfo.InvariantCulture, $"X{number:D7},FRA,passport,stolen,{Padding}\n")
            : string.Create(CultureInfo.InvariantCulture, $$"""{"number":"X{{number:D7}}","issuer":"FRA","kind":"passport","status":"stolen","additionalInformation":"{{Padding}}"}{{"\n"}}""");
    }
}
