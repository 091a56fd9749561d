using System.Globalization;
using Liaison.Api.TravelDocuments;
using Microsoft.Extensions.Logging;
using Npgsql;
using ApiTests.TravelDocuments;

namespace ApiTests.Platform;

/// <summary>A hub that logs all that it can.</summary>
public sealed class TalkativeHub(TestCluster cluster) : HubFixture(cluster)
{
    protected override LogLevel LeastLogged => LogLevel.Trace;
}

/// <summary>An MRZ names its holder; after a search no trace of that may be anywhere, and a document number only where it belongs.</summary>
public sealed class NothingNominalTests(TalkativeHub hub) : IClassFixture<TalkativeHub>
{
    [Fact]
    public async Task Neither_database_nor_log_holds_anything_of_the_holder_nor_the_log_a_number()
    {
        await hub.RecordedAsync(Documents.Stolen("L898902C3"));
        foreach (var mrz in new[]
        {
            Documents.SpecimenTd3,
            Documents.SpecimenTd3.Replace("L898902C36", "L898902C37", StringComparison.Ordinal),
            Documents.SpecimenTd3.ToLower(CultureInfo.InvariantCulture),
        })
        {
            Assert.Equal("hit", (await hub.FoundAsync(new SearchRequest { Mrz = mrz })).Answer);
        }

        await Documents.RefusedAsync(hub.As(Callers.France).SearchAsync(
            new SearchRequest { Mrz = "P<UTOERIKSSON<<ANNA<MARIA" }, CancellationToken.None));
        await Documents.RefusedAsync(hub.As(Callers.France).SearchAsync(
            new SearchRequest { Mrz = Documents.SpecimenTd3, Number = "L898902C3" }, CancellationToken.None));

        string[] nominal = ["ERIKSSON", "ANNA", "MARIA", "740812", "1974-08-12", "ZE184226B"];
        await foreach (var text in EverythingInTheDatabaseAsync())
            Assert.DoesNotContain(nominal, n => text.Contains(n, StringComparison.OrdinalIgnoreCase));
        foreach (var line in hub.Log.Lines)
        {
            Assert.DoesNotContain(nominal, n => line.Contains(n, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain("L898902C3", line, StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>Every row of every table of the hub, as text.</summary>
    private async IAsyncEnumerable<string> EverythingInTheDatabaseAsync()
    {
        await using var connection = new NpgsqlConnection(hub.OwnerConnectionString);
        await connection.OpenAsync();
        var tables = new List<string>();
        await using (var list = new NpgsqlCommand("""
            SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
            """, connection))
        await using (var rows = await list.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync()) tables.Add(rows.GetString(0));
        }

        Assert.Contains("audit.entry", tables);
        foreach (var table in tables)
        {
            await using var command = new NpgsqlCommand($"SELECT t::text FROM {table} t", connection);
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync()) yield return rows.GetString(0);
        }
    }
}
