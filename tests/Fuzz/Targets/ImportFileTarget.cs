using Liaison.Platform.Imports;
using Liaison.TravelDocuments.Import;

namespace Fuzz.Targets;

internal static class ImportFileTarget
{
    private const long MostBytes = 1 << 20;
    private const int MostRatio = 200;

    /// <summary>
    /// Any bytes as an uploaded file, plain or gzip, read as CSV and as NDJSON: each row is a request or says what is wrong with it, lines
    /// count upwards, nothing comes after what cannot be read. Only a damaged or too large archive ends the reading otherwise.
    /// </summary>
    [FuzzTarget("importFile")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        var path = Path.Combine(Path.GetTempPath(), $"liaison-fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.upload");
        try
        {
            File.WriteAllBytes(path, data);
            Check(path, stream => ImportRows.ReadCsvAsync(stream, CancellationToken.None));
            Check(path, stream => ImportRows.ReadNdjsonAsync(stream, CancellationToken.None));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Check(string path, Func<Stream, IAsyncEnumerable<ImportRow>> read)
    {
        using var stream = ImportStream.Open(path, MostBytes, MostRatio);
        var (line, ended) = (0L, false);
        try
        {
            foreach (var row in read(stream).ToBlockingEnumerable())
            {
                Assert.False(ended, "A row after the end.");
                Assert.True(row.Line >= 1 && row.Line >= line, "Lines count upwards from 1.");
                Assert.True(row.Request is null == row.Problems.Count > 0, "A row is a request, or says what is wrong.");
                Assert.All(row.Problems, p => Assert.False(string.IsNullOrEmpty(p.Code) || string.IsNullOrEmpty(p.Message)));
                (line, ended) = (row.Line, row.Stops);
            }
        }
        catch (Exception refused) when (refused is InvalidDataException or ImportTooLargeException)
        {
            Assert.True(stream.Position <= MostBytes + (256 << 10), "Reading ends where the bound is.");
        }
    }
}
