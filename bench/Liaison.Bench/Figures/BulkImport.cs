using System.Diagnostics;
using System.Globalization;
using System.Text;
using Liaison.Bench.Clients;
using Liaison.Bench.Corpora;
using Liaison.Bench.Reports;
using Liaison.Bench.Servers;
using Npgsql;

namespace Liaison.Bench.Figures;

/// <summary>A CSV file into an empty dataset, until searches see it, against psql's \copy of the same file into a table alike.</summary>
internal sealed class BulkImport(Bench bench)
{
    private const string Header = "number,issuer,kind,status,eventDate,nationalReference";

    /// <summary>
    /// The same columns, constraints and indexes. What the file lacks has a constant of the same size, so the peer's rows are as long as the
    /// hub's; the file's number goes to the column that the unique index is on. Ids ascend, as the hub's do: random ones would have their index grow everywhere at once.
    /// </summary>
    private const string Clone = """
        -- What the hub left would be cleaned by PostgreSQL in the middle of the peer's turn.
        TRUNCATE travel_documents.document CASCADE;
        CREATE SCHEMA peer;
        CREATE SEQUENCE peer.ascending CACHE 1000;
        CREATE TABLE peer.document (LIKE travel_documents.document INCLUDING ALL);
        ALTER TABLE peer.document
            ALTER COLUMN id SET DEFAULT lpad(to_hex(nextval('peer.ascending')), 32, '0')::uuid,
            ALTER COLUMN version SET DEFAULT 1,
            ALTER COLUMN owner SET DEFAULT 'FRA',
            ALTER COLUMN number SET DEFAULT '99AA99999',
            ALTER COLUMN found SET DEFAULT false,
            ALTER COLUMN feed SET DEFAULT 'default',
            ALTER COLUMN review_date SET DEFAULT '2035-01-01',
            ALTER COLUMN recorded_at SET DEFAULT now(),
            ALTER COLUMN changed_at SET DEFAULT now(),
            ALTER COLUMN change_set SET DEFAULT '00000000-0000-4000-8000-000000000001',
            ALTER COLUMN account SET DEFAULT 'bench';
        """;

    /// <summary>More than a change set that is loaded beside the index has at least.</summary>
    private const int WarmUpRows = 25_000;

    private readonly string file = Path.Combine(bench.Folder, "import.csv");
    private readonly string warmUp = Path.Combine(bench.Folder, "warm-up.csv");

    public async Task<IReadOnlyList<FigureRow>> RunAsync(CancellationToken stop)
    {
        await bench.CloseMainAsync();
        var rows = bench.Sizes.ImportRows;
        var figure = $"bulk import, {Sizes.Name(rows)} rows, index published / \\copy";
        var corpus = Corpus.OfIssuer(Hub.Member, rows + WarmUpRows);
        await WriteFileAsync(file, Enumerable.Range(0, rows).Select(place => corpus.At(place)), stop);
        await WriteFileAsync(warmUp, Enumerable.Range(rows, WarmUpRows).Select(place => corpus.At(place)), stop);
        bench.Say($"wrote {Sizes.Name(rows)} rows");
        var (ours, peer) = (new List<double>(), new List<double>());
        // Each round warms up a hub of its own.
        for (var round = 1; round <= bench.Options.Rounds; round++)
        {
            if (await RoundAsync(rows, stop) is not var (took, copied))
                return [FigureRow.Missing(figure, "s", Bar.AtMost(1.8), "this build does not import in jobs")];
            ours.Add(took.TotalSeconds);
            peer.Add(copied.TotalSeconds);
            bench.Say($"import round {round}: hub {ours[^1]:F2} s, \\copy {peer[^1]:F2} s");
        }

        File.Delete(file);
        File.Delete(warmUp);
        return
        [
            FigureRow.Of(figure, "s", ours, peer, Bar.AtMost(1.8)) with
            {
                Note = $"from the first byte sent until the job says done, each time into a new database with the {Sizes.Name(WarmUpRows)} rows that warmed the hub up; the file has {Header}",
            },
        ];
    }

    /// <summary>A feed brings what its own member has issued; others are rejected.</summary>
    private static async Task WriteFileAsync(string file, IEnumerable<Sample> documents, CancellationToken stop)
    {
        await using var csv = new StreamWriter(file, append: false, Encoding.ASCII, 1 << 16);
        csv.Write(Header + "\n");
        foreach (var (place, document) in documents.Index())
        {
            if (place % 100_000 == 0) stop.ThrowIfCancellationRequested();
            var status = place % 3 == 0 ? "lost" : "stolen";
            csv.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{document.Number},{document.Issuer},{document.Kind},{status},2024-{place % 12 + 1:D2}-05,FRA-2024-{place % 1_000_000:D6}\n"));
        }
    }

    /// <summary>The hub's time and that of \copy, in one new database after one another; null when this build has no jobs.</summary>
    private async Task<(TimeSpan Hub, TimeSpan Copy)?> RoundAsync(int rows, CancellationToken stop)
    {
        var database = await HubDatabase.CreateAsync(bench.Cluster, "bench_import", stop);
        try
        {
            if (await ImportAsync(database, rows, stop) is not { } took) return null;
            await database.AsAdminAsync(Clone, stop);
            await CopyAsync(database, warmUp, WarmUpRows, stop);
            await database.CheckpointAsync(stop);
            return (took, await CopyAsync(database, file, rows, stop));
        }
        finally
        {
            await database.DropAsync(CancellationToken.None);
        }
    }

    private async Task<TimeSpan?> ImportAsync(HubDatabase database, int rows, CancellationToken stop)
    {
        var node = Path.Combine(bench.Folder, "node-import");
        try
        {
            await using var hub = await Hub.StartAsync(Bench.HubProgram, node, database, stop);
            var imports = new HttpTarget(hub.Address, "/v1/travel-documents/imports?feed=bench&mode=delta", Hub.Token);
            await ImportClient.RunAsync(imports, warmUp, WarmUpRows, stop);
            await database.CheckpointAsync(stop);
            return await ImportClient.RunAsync(imports, file, rows, stop);
        }
        finally
        {
            if (Directory.Exists(node)) Directory.Delete(node, recursive: true);
        }
    }

    private static async Task<TimeSpan> CopyAsync(HubDatabase database, string file, int rows, CancellationToken stop)
    {
        var at = new NpgsqlConnectionStringBuilder(database.Admin);
        var started = Stopwatch.GetTimestamp();
        var said = await Programs.OutputAsync(
            Psql(), ["-X", "-h", at.Host!, "-p", at.Port.ToString(CultureInfo.InvariantCulture), "-U", at.Username!, "-d", database.Name, "-v", "ON_ERROR_STOP=1", "-c",
            $"\\copy peer.document (number_key, issuer, kind, status, event_date, national_reference) from '{file}' with (format csv, header)"], stop);
        var took = Stopwatch.GetElapsedTime(started);
        return said.Trim() == string.Create(CultureInfo.InvariantCulture, $"COPY {rows}") ? took : throw new BenchException("\\copy said: " + said);
    }

    /// <summary>The psql of the same installation as the server, or the one on the path.</summary>
    private static string Psql()
    {
        string[] folders = Environment.GetEnvironmentVariable("LIAISON_PG_BIN") is { Length: > 0 } named ? [named]
            : Directory.Exists("/usr/lib/postgresql") ? [.. Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(d => Path.Combine(d, "bin"))] : [];
        return folders.Select(f => Path.Combine(f, "psql")).FirstOrDefault(File.Exists) ?? "psql";
    }
}
