using ApiTests.TravelDocuments;
using Liaison.Api.TravelDocuments;
using Npgsql;

namespace ApiTests.Hits;

/// <summary>A node that looks through old questions and can write no files for a while: memory fills up, and searches wait in the database.</summary>
public sealed class FullMemoryTests(MovedHub hub) : IClassFixture<MovedHub>
{
    [Fact]
    public async Task What_waited_for_room_is_held_against_all_that_came_meanwhile_also_by_who_takes_over()
    {
        // A file where the folder belongs: nothing can be written there.
        Directory.CreateDirectory(Path.GetDirectoryName(hub.KeptSearches)!);
        await File.WriteAllBytesAsync(hub.KeptSearches, []);
        await using var connection = new NpgsqlConnection(hub.OwnerConnectionString);
        await connection.OpenAsync();
        await KeptOfNothing.WriteAsync(connection, 600_000, hub.Moved.GetUtcNow());
        for (var tries = 0; !hub.Log.Lines.Any(line => line.Contains("cannot be written", StringComparison.Ordinal)); tries++)
        {
            Assert.True(tries < 600, "Memory did not fill up in 30 s.");
            await Task.Delay(50);
        }

        var asked = await hub.FoundAsync(new SearchRequest { Number = "FM0000001", Issuer = "UTO" }, Callers.Germany);
        var record = await hub.RecordedAsync(Documents.Stolen("FM0000001"));
        await hub.SweptAsync();
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM hits.lead WHERE search = $1", asked.SearchId));
        hub.Moved.Move(TimeSpan.FromMinutes(11));
        await hub.RecordedAsync(Documents.Stolen("FM0000002"));
        await hub.SweptAsync();

        await hub.RestartAsync();
        File.Delete(hub.KeptSearches);
        Assert.Equal("delayed", (await hub.LeadAsync(record.Id, Callers.Germany)).Kind);
    }
}
